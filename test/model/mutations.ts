/** A bug put into the handler on purpose: one exact replacement in one of its sources. */
export interface Mutation {
  readonly name: string;
  /** In `lambda/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Whether the lives of a domain and its replicas are to catch it. */
  readonly replicas?: true;
}

/** Bugs that the peers have, or that are easy to make. A suite that does not catch them proves nothing. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'takes every identity for its own',
    file: 'domain/entering.ts',
    from: 'claims.isMarked ? {} : { [MARK]: USED }',
    to: '{ [MARK]: MADE }',
  },
  {
    name: 'takes an identity that it has marked as used for its own',
    file: 'domain/claims.ts',
    from: 'return tags[MARK] === MADE;',
    to: 'return MARK in tags;',
  },
  {
    name: 'takes a record that is right for its own',
    file: 'domain/record-plan.ts',
    from: '(desired.inherited.includes(record.id) ? owned : found).push(record.id);',
    to: 'owned.push(record.id);',
  },
  {
    name: 'overwrites records unasked',
    file: 'domain/record-plan.ts',
    from: 'if (ours || desired.overwriteRecords || desired.taken?.includes(record.id))',
    to: 'if (true)',
  },
  {
    name: 'deletes before it creates',
    file: 'domain/record-setup.ts',
    from: 'await zone.waitUntilInSync(await zone.change(changes), () => freshness.checkNowAndThen());',
    to: `const existing = await listRecords(run, zone);
      const upserts = changes.filter(({ action }) => action === 'UPSERT');
      const old = existing.filter((set) => upserts.some(({ record }) => record.name === set.name));
      if (old.length > 0) await zone.change(old.map((record) => ({ action: 'DELETE', record })));
      await zone.waitUntilInSync(await zone.change(changes), () => freshness.checkNowAndThen());`,
  },
  {
    name: 'writes one batch a record',
    file: 'domain/record-setup.ts',
    from: 'await zone.waitUntilInSync(await zone.change(changes), () => freshness.checkNowAndThen());',
    to: 'for (const change of changes) await zone.waitUntilInSync(await zone.change([change]), () => freshness.checkNowAndThen());',
  },
  {
    name: 'does not wait until the records are published',
    file: 'domain/record-setup.ts',
    from: 'await zone.waitUntilInSync(await zone.change(changes), () => freshness.checkNowAndThen());',
    to: 'await zone.change(changes);',
  },
  {
    name: 'verifies on Delete',
    file: 'domain/remove.ts',
    from: 'await claims.read();',
    to: `await claims.read();
  if (claims.found !== undefined) await aws.ses.verifyDomainDkim(state.domainName);`,
  },
  {
    name: 'has no deadline',
    file: 'index.ts',
    from: 'const time = context.getRemainingTimeInMillis();',
    to: 'const time = 24 * 3_600_000;',
  },
  {
    name: 'deletes records with the TTL that it gives by default',
    file: 'domain/record-plan.ts',
    from: "if (to === undefined) return [{ action: 'DELETE', record: from }];",
    to: "if (to === undefined) return [{ action: 'DELETE', record: { ...from, ttl: 1800 } }];",
  },
  {
    name: 'deletes records without a look at them',
    file: 'domain/record-plan.ts',
    from: 'if (present === undefined) return [];',
    to: `if (present === undefined) {
      return [{ action: 'DELETE', record: { ...record, ttl: 1800, values: [record.value], simple: true } }];
    }`,
  },
  {
    name: 'deletes what somebody changed since',
    file: 'domain/record-plan.ts',
    from: `findMade(record, existing);
    if (present === undefined) return [];`,
    to: `existing.find((set) => isOf(set, record));
    if (present === undefined) return [];`,
  },
  {
    name: 'deletes an identity that others made',
    file: 'domain/leaving.ts',
    from: 'if (others.length === 0 && !keep && claims.isOurs) {',
    to: 'if (others.length === 0 && !keep) {',
  },
  {
    name: 'takes the records of an identity that somebody made anew',
    file: 'domain/remove.ts',
    from: 'if (claims.found !== undefined && own.length === 0) {',
    to: 'if (false) {',
  },
  {
    name: 'Delete ignores the claims of others',
    file: 'domain/leaving.ts',
    from: '!ids.includes(claim.id) && isActive(claim) && !isStale(claim)',
    to: 'false && isStale(claim)',
  },
  {
    name: 'a failed run leaves its records',
    file: 'domain/undo.ts',
    from: 'if (changes.length > 0) {',
    to: 'if (changes.length > 3) {',
  },
  {
    name: 'a failed run leaves its identity',
    file: 'domain/undo.ts',
    from: 'const isToGo = run.madeIdentity && !config.retain;',
    to: 'const isToGo = false;',
  },
  {
    name: 'a failed run with RETAIN deletes',
    file: 'domain/undo.ts',
    from: 'const isToGo = run.madeIdentity && !config.retain;',
    to: 'const isToGo = run.madeIdentity;',
  },
  {
    name: 'a failed Update answers with a new id',
    file: 'domain/domain.ts',
    from: 'former ?? (left.state ? formatPhysicalId(left.state) : emptyPhysicalId(event.RequestId))',
    to: '(left.state ? formatPhysicalId(left.state) : emptyPhysicalId(event.RequestId))',
  },
  {
    name: 'a failed Create answers that there is nothing',
    file: 'domain/domain.ts',
    from: 'former ?? (left.state ? formatPhysicalId(left.state) : emptyPhysicalId(event.RequestId))',
    to: 'former ?? emptyPhysicalId(event.RequestId)',
  },
  {
    name: 'forgets what a killed run made',
    file: 'events/journal.ts',
    from: 'return existsSync(this.file) ?',
    to: 'return false ?',
  },
  {
    name: 'takes its own first try for the work of others',
    file: 'domain/record-setup.ts',
    from: 'const lost = error.attempts > 1 &&',
    to: 'const lost = error.attempts > 99 &&',
  },
  {
    name: 'never tries again',
    file: 'aws/retry.ts',
    from: 'if (!worthIt ||',
    to: 'if (worthIt ||',
  },
  {
    name: 'RETAIN deletes',
    file: 'domain/remove.ts',
    from: 'if (retain) {',
    to: 'if (false) {',
  },
  {
    name: 'switches the signing of BYODKIM',
    file: 'domain/identity-setup.ts',
    from: 'refuseForeignSigning(signing, domainName, region);',
    to: '',
  },
  {
    name: 'has one DKIM host for all Regions',
    file: '../lib/shared/dkim-hosts.ts',
    from: 'return REGIONS_WITH_OWN_DKIM_DOMAIN.has(region) ?',
    to: 'return false ?',
  },
  {
    name: 'does not ask SES where the keys are',
    file: 'domain/identity-setup.ts',
    from: 'signingHostedZone !== undefined && /',
    to: 'false && /',
  },
  {
    name: 'reads the first page of the zone only',
    file: 'aws/route53.ts',
    from: 'if (!page.IsTruncated ||',
    to: 'if (page.IsTruncated || !page.IsTruncated ||',
  },
  {
    name: 'compares values letter by letter',
    file: '../lib/shared/host-name.ts',
    from: "return lower.endsWith('.') ? lower.slice(0, -1) : lower;",
    to: 'return name;',
  },
  {
    name: 'Delete fails when the zone is gone',
    file: 'domain/remove.ts',
    from: 'if (!isNoSuchHostedZone(error)) {',
    to: 'if (error) {',
  },
  {
    name: 'Delete forgets the delegation role',
    file: 'domain/domain.ts',
    from: 'connect(event.StackId, { ...state, delegationRoleArn }, deadline, log)',
    to: 'connect(event.StackId, state, deadline, log)',
  },
  {
    name: 'logs the response URL',
    file: 'index.ts',
    from: "log('event', {",
    to: "log('event', { url: event.ResponseURL,",
  },
  {
    name: 'leaves a timer behind',
    file: 'index.ts',
    from: 'Object.values(deadlines).forEach((deadline) => deadline.clear());',
    to: '',
  },
  {
    name: 'answers twice',
    file: 'index.ts',
    from: '    await sendAnswer(event, answer, deadlines.answer, log);',
    to: `    await sendAnswer(event, answer, deadlines.answer, log);
    await sendAnswer(event, answer, deadlines.answer, log);`,
  },
  {
    name: 'gives the answer one try',
    file: 'events/answer.ts',
    from: 'await poll(tryOnce, { first: FIRST_DELAY, longest: LONGEST_DELAY, deadline })',
    to: 'await tryOnce()',
  },
  {
    name: 'deletes a TXT record set with all that others have in it',
    file: 'domain/record-set.ts',
    from: 'const values = [...valuesBeside(set, record), ...restored];',
    to: 'const values = restored;',
  },
  {
    name: 'writes a TXT record set without what others have in it',
    file: 'domain/record-set.ts',
    from: 'values: [...others, valueInRoute53(record)],',
    to: 'values: [valueInRoute53(record)],',
  },
  {
    name: 'doubles the SPF record',
    file: 'domain/record-set.ts',
    from: 'conflicts(published(value, record.type))',
    to: "(record.type === 'TXT' ? readTxt(value) === record.value : conflicts(value))",
  },
  {
    name: 'writes a shared record set as it was when it was read',
    file: 'domain/record-plan.ts',
    from: "return to.type === 'TXT'",
    to: "return to.type === 'NONE'",
  },
  {
    name: 'forgets the MX record on Delete',
    file: '../lib/shared/mail-records.ts',
    from: "option: 'mailFrom',\n  name: ({ mailFrom }) => mailFrom!,\n  value: ({ region })",
    to: "option: 'mailFrom',\n  name: ({ mailFrom }) => `x.${mailFrom}`,\n  value: ({ region })",
  },
  {
    name: 'clean-up takes the MAIL FROM records that are in use',
    file: 'domain/record-plan.ts',
    from: "return elsewhere === 'unknown' || [...claims, ...elsewhere].some(uses);",
    to: 'return false;',
  },
  {
    name: 'forgets on an Update that it has made the MAIL FROM records',
    file: 'domain/record-plan.ts',
    from: '({ name, id }) => name(one, id) === name(other, id)',
    to: "({ id }) => id === 'dmarc'",
  },
  {
    name: 'takes the DMARC record of others on Delete',
    file: 'domain/record-plan.ts',
    from: ': hasExactValue(set, record);',
    to: ': conflictingValues(set, record).length > 0;',
  },
  {
    name: 'does not wait for the verification',
    file: 'domain/verification.ts',
    from: 'last = await look();',
    to: "last = { status: 'Success' };",
  },
  {
    name: 'goes on when CloudFormation cancelled it',
    file: 'events/freshness.ts',
    from: '/FAILED|ROLLBACK|DELETE/.test(view.status) && view.since > this.start',
    to: 'false',
  },
  {
    name: 'keeps its claim on RETAIN',
    file: 'domain/remove.ts',
    from: `await leaveIdentity(
        claims,
        own,`,
    to: `await leaveIdentity(
        claims,
        [],`,
  },
  {
    name: 'RETAIN takes the identity',
    file: 'domain/remove.ts',
    from: '{ alone: true, always: true, taken: true }',
    to: '{ alone: false, always: false, taken: false }',
  },
  {
    name: 'leaves its mark on an identity that RETAIN keeps',
    file: 'domain/leaving.ts',
    from: 'isLast ? claims.clear() : claims.giveUp(ids)',
    to: 'claims.giveUp(ids)',
  },
  {
    name: 'the last one out leaves the identity',
    file: 'domain/leaving.ts',
    from: 'if (others.length === 0 && !keep && claims.isOurs) {',
    to: 'if (false) {',
  },
  {
    name: 'takes nothing over of what another construct has made',
    file: 'domain/record-setup.ts',
    from: 'const others = claims.all().filter(({ id }) => id !== run.eventClaim);',
    to: 'const others: readonly Claim[] = [];',
  },
  {
    name: 'takes no setting over that another construct has made',
    file: 'settings/apply.ts',
    from: 'others.filter(isActive).some(({ made }) => made.includes(setting))',
    to: 'false',
  },
  {
    name: 'takes the claims of all resources for stale when its stack goes',
    file: 'domain/staleness.ts',
    from: 'own.includes(claim.id) || !isOfResource(claim, event)',
    to: 'own.includes(claim.id)',
  },
  {
    name: 'takes claims for stale when an update is rolled back',
    file: 'domain/staleness.ts',
    from: '/^(DELETE|ROLLBACK)_/',
    to: '/^(DELETE|ROLLBACK|UPDATE_ROLLBACK)_/',
  },
  {
    name: 'takes no claim for stale',
    file: 'domain/staleness.ts',
    from: '/^(DELETE|ROLLBACK)_/.test(status)',
    to: 'false',
  },
  {
    name: 'acts on late events',
    file: 'events/freshness.ts',
    from: 'if (this.isFresh) {',
    to: 'if (true) {',
  },
  {
    name: 'takes a stack at rest for a busy one',
    file: 'events/freshness.ts',
    from: 'isEmulated() : /_IN_PROGRESS$/.test(status);',
    to: 'isEmulated() : true;',
  },
  {
    name: 'looks only once whether an event is late',
    file: 'events/freshness.ts',
    from: 'const PAUSES = [0, 2_000, 5_000];',
    to: 'const PAUSES = [0];',
  },
  {
    name: 'makes up another claim in each run',
    file: 'domain/claims.ts',
    from: 'hash(`${event.StackId} ${event.RequestId}`, 12)',
    to: 'hash(String(Math.random()), 12)',
  },
  {
    name: 'takes a claim that it cannot read for one that uses nothing',
    file: 'domain/claims.ts',
    from: 'return unreadable === true || leavingSince === undefined;',
    to: 'return unreadable !== true && leavingSince === undefined;',
  },
  {
    name: 'resets a setting that another construct uses',
    file: 'settings/remove.ts',
    from: 'users.some((claim) => usesSetting(claim, setting))',
    to: 'false',
  },
  {
    name: 'leaves a MAIL FROM domain that SES has given up',
    file: 'settings/apply.ts',
    from: "const isGivenUp = found === 'Failed';",
    to: 'const isGivenUp = false;',
  },
  {
    name: 'keeps a sending policy as long as another construct has one',
    file: 'settings/remove.ts',
    from: 'isOwn(setting) ? others.filter((claim) => isOfResource(claim, event)) : others',
    to: 'others',
  },
  {
    name: 'gives all sending policies one name',
    file: 'domain/claims.ts',
    from: '`${MARK}-${ownerId(event)}`',
    to: '`${MARK}-${hash(event.StackId, 10)}`',
  },
  {
    name: 'leaves a sending policy that is granted no more',
    file: 'settings/plan.ts',
    from: 'to: { ...DEFAULTS, ...goals }[setting],',
    to: "to: setting === 'SendingPolicy' && goals[setting] === null ? (present[setting] ?? null) : { ...DEFAULTS, ...goals }[setting],",
  },
  {
    name: 'an Update drops a setting that another construct uses',
    file: 'settings/apply.ts',
    from: ' && !isUsed(setting)',
    to: '',
  },
  {
    name: 'undo takes the identity that another construct has come to use',
    file: 'domain/undo.ts',
    from: `() => false,
      { alone: !isToGo,`,
    to: `() => true,
      { alone: !isToGo,`,
  },
  {
    name: 'gives up the claims of what is in place as dead',
    file: 'domain/domain.ts',
    from: ' && !living.includes(claim.id)',
    to: '',
  },
  {
    name: 'gives up the claims of settings in place as dead',
    file: 'settings/remove.ts',
    from: '.filter((id) => !living.includes(id))',
    to: '',
  },
  {
    name: 'leaves the claims of updates that came to nothing',
    file: 'domain/domain.ts',
    from: 'if (places.length === 0) {',
    to: 'if (true) {',
  },
  {
    name: 'leaves the claims of settings of updates that came to nothing',
    file: 'settings/apply.ts',
    from: 'if (this.former !== undefined && (isElsewhere || siblingIds.length > 0)) {',
    to: 'if (false) {',
  },
  {
    name: 'makes an identity without a claim',
    file: 'domain/entering.ts',
    from: '[MARK]: MADE, ...toTag(claim) });',
    to: '[MARK]: MADE });',
  },
  {
    name: 'claims an identity without a word of the records',
    file: 'domain/record-setup.ts',
    from: 'await claims.put(plannedClaim(run, claim, ownedRecords), freshness);',
    to: '',
  },
  {
    name: 'a resource that makes the identity anew forgets the claim of the one in place',
    file: 'domain/record-setup.ts',
    from: 'if (known !== undefined && claim !== known.claim && (',
    to: 'if (false && (',
  },
  {
    name: 'does not ask other Regions who uses the MAIL FROM records',
    file: 'domain/remove.ts',
    from: 'const found = await claims.readElsewhere();',
    to: 'const found: readonly RegionalClaim[] = [];',
  },
  {
    name: 'takes the MAIL FROM records when other Regions cannot be asked',
    file: 'domain/remove.ts',
    from: "return 'unknown';",
    to: 'return [];',
  },
  {
    name: 'finds nothing of a Create that was not answered',
    file: 'domain/domain.ts',
    from: 'given === undefined ? await findUnanswered(event, physicalId, deadline, log) : undefined',
    to: 'undefined as OwnClaims | undefined',
  },
  {
    name: 'deletes by a made-up id what the stack may have by another one',
    file: 'domain/domain.ts',
    from: 'unanswered && (await staysForSuccessor(freshness, state, log))',
    to: 'undefined as string | undefined',
  },
  {
    name: 'resets by a made-up id what the stack may have set by another one',
    file: 'settings/remove.ts',
    from: 'isUnanswered ? await staysForSuccessor(new Freshness(event, deadline, log), subject, log) : undefined',
    to: 'undefined as string | undefined',
  },
  {
    name: 'keeps records of tokens that the identity has no more',
    file: 'domain/record-plan.ts',
    from: 'isCurrent && claims.some(uses)',
    to: 'claims.some(uses)',
  },
  {
    name: 'leaves a further record in the form that nobody wants any more',
    file: 'domain/record-plan.ts',
    from: "return successor !== undefined && record.type !== 'CNAME' && successor.value !== record.value",
    to: 'return successor !== undefined && false',
  },
  {
    name: 'a watch repairs unasked',
    file: 'watch/watch.ts',
    from: 'const mayRepair = repair && isAtRest(status);',
    to: 'const mayRepair = isAtRest(status);',
  },
  {
    name: 'a watch repairs nothing',
    file: 'watch/repair.ts',
    from: 'if (missing.length > 0) {',
    to: 'if (missing.length > 3) {',
  },
  {
    name: 'a watch notices no record that is missing',
    file: 'watch/compare.ts',
    from: "return { ...subject, found, verdict: 'fail', remedy: createRecord(record) };",
    to: "return { ...subject, found, verdict: 'pass', remedy: createRecord(record) };",
  },
  {
    name: 'a watch concludes nothing from what was deployed',
    file: 'watch/declared.ts',
    from: 'if (!isSame || (state.zoneId !== undefined && !hasSameRecords)) {',
    to: 'if (true) {',
  },
  {
    name: 'a watch overwrites what others put in the place of a record',
    file: 'watch/repair.ts',
    from: `const missing = ours.filter((record) => stateOf(record, existing) === 'missing');
    if (missing.length > 0) {
      const { changes } = planRecords({ ...NOTHING_MADE, records: missing, ttl }, existing);`,
    to: `const missing = ours.filter((record) => stateOf(record, existing) !== 'in place');
    if (missing.length > 0) {
      const { changes } = planRecords({ ...NOTHING_MADE, records: missing, ttl, overwriteRecords: true }, existing);`,
  },
  {
    name: 'a watch puts back records that others had made',
    file: 'watch/repair.ts',
    from: 'return state.ownedRecords.includes(id) && madeRecord(claim, kind, state);',
    to: 'return kind !== undefined && claim !== undefined && madeRecord !== undefined;',
  },
  {
    name: 'a watch resets what others have set since',
    file: 'watch/repair.ts',
    from: 'isDefault(setting, present[setting]) &&',
    to: 'setting !== undefined &&',
  },
  {
    name: 'a watch sets again what it had found',
    file: 'watch/repair.ts',
    from: 'claim.made.includes(setting) && !isShared(setting)',
    to: '!isShared(setting)',
  },
  {
    name: 'a watch writes while its stack is being deployed',
    file: 'watch/repair.ts',
    from: 'await this.stack.requireRest();',
    to: '',
  },
  {
    name: 'a deployment does not wait for a watch',
    file: 'domain/claims.ts',
    from: 'return ids.some((id) => Date.now() / 1000 - Number(tags[leaseKey(id)] ?? 0) < LONGEST_LEASE);',
    to: 'return ids.length > 50 && tags[leaseKey(ids[0])] !== undefined && LONGEST_LEASE > 0;',
  },
  {
    name: 'a watch leaves its lease',
    file: 'watch/repair.ts',
    from: "await endLease(claims, claim).catch((error: Error) => this.log('lease-left', { problem: error.message }));",
    to: '',
  },
  {
    name: 'takes over unasked',
    file: 'domain/apply.ts',
    from: 'if (!config.takeOwnership) {',
    to: 'if (false) {',
  },
  {
    name: 'takes over when it creates',
    file: 'domain/apply.ts',
    from: 'if (id !== known?.claim) {',
    to: 'if (false) {',
  },
  {
    name: 'keeps what it took over in an update that is rolled back',
    file: 'domain/identity-claims.ts',
    from: 'isGivenBack ? { [MARK]: USED } : {}',
    to: '{}',
  },
  {
    name: 'leaves the identity that it has taken over',
    file: 'domain/remove.ts',
    from: 'taken: !departure.takeOwnership',
    to: 'taken: true',
  },
  {
    name: 'leaves the records that it has taken over',
    file: 'domain/remove.ts',
    from: 'const isTaken = departure.takeOwnership && claims.isOurs;',
    to: 'const isTaken = false;',
  },
  {
    name: 'leaves what it has taken over to those who have not asked for it',
    file: 'domain/leaving.ts',
    from: 'if (others.length > 0 && mayBeGivenBack && !others.some(hasMadeIt)) {',
    to: 'if (false) {',
  },
  {
    name: 'leaves the keys as they are whatever is asked for',
    file: 'domain/identity-setup.ts',
    from: 'if (known === undefined || run.madeIdentity || length === undefined) {',
    to: 'if (known !== null) {',
  },
  {
    name: 'changes keys in a rollback',
    file: 'domain/signing-keys.ts',
    from: '(await isTakenBack(event, length, deadline, log))',
    to: 'false',
  },
  {
    name: 'changes keys before the records have caught up with the last change',
    file: 'domain/identity-setup.ts',
    from: '!sameTokens(known.tokens, run.tokens), aws.deadline',
    to: 'false, aws.deadline',
  },
  {
    name: 'changes keys that others have made',
    file: 'domain/signing-keys.ts',
    from: 'if (!claims.isOurs) {',
    to: 'if (false) {',
  },
  {
    name: 'changes keys that another construct uses',
    file: 'domain/signing-keys.ts',
    from: 'if (users.length > 0) {',
    to: 'if (false) {',
  },
  {
    name: 'changes keys when the zone changes',
    file: 'domain/signing-keys.ts',
    from: 'if (config.zoneId !== known.zoneId) {',
    to: 'if (false) {',
  },
  {
    name: 'changes keys before it looks what is in the way of their records',
    file: 'domain/identity-setup.ts',
    from: 'await refuseConflicts(run, zone);',
    to: '',
  },
  {
    name: 'removes the records of the keys so far before the new keys have theirs',
    file: 'domain/identity-setup.ts',
    from: `run.hasChangedKeys = true;
  run.tokens = [];`,
    to: `run.hasChangedKeys = true;
    const names = run.records().filter(({ type }) => type === 'CNAME').map(({ name }) => name);
    const old = (await zone!.listRecordSets(config.domainName, names)).filter(({ name }) => names.includes(name));
    if (old.length > 0) await zone!.change(old.map((record) => ({ action: 'DELETE', record })));
    run.tokens = [];`,
  },
  {
    name: 'does not say in a claim that the keys have changed',
    file: 'domain/claim-plan.ts',
    from: 'made: [...claim.made, KEYS, ...made]',
    to: 'made: [...claim.made, ...made]',
  },
  {
    name: 'does not claim the records of new keys for what may come back',
    file: 'domain/claim-plan.ts',
    from: 'if (run.isAnew || state.zoneId === undefined || !choosesKeys(run.event)) {',
    to: 'if (true) {',
  },
  {
    name: 'leaves the records of keys that the id does not have',
    file: 'domain/remove.ts',
    from: 'return ownedRecords.length === 0 || sameTokens(state.tokens, tokens) ? [] : [{ ...state, tokens, ownedRecords }];',
    to: 'return [];',
  },
  {
    name: 'changes the keys of a replica, too',
    file: 'domain/signing-keys.ts',
    from: 'if (replicaRegions.length > 0) {',
    to: 'if (false) {',
    replicas: true,
  },
  {
    name: 'takes the records from a replica',
    file: 'domain/remove.ts',
    from: 'await refuseWithReplicas(state, claims, log);',
    to: '',
    replicas: true,
  },
  {
    name: 'takes any identity for a replica',
    file: 'replica/signing.ts',
    from: 'if (isReplica(signing, place)) {',
    to: 'if (true) {',
    replicas: true,
  },
  {
    name: 'leaves a replica that nobody uses any more',
    file: 'replica/remove.ts',
    from: 'alone: retain || isOther, always: retain || isOther',
    to: 'alone: true, always: true',
    replicas: true,
  },
  {
    name: 'removes a replica with RETAIN',
    file: 'replica/remove.ts',
    from: "RemovalPolicy !== 'destroy'",
    to: "RemovalPolicy === 'never'",
    replicas: true,
  },
  {
    name: 'removes a replica that another construct uses',
    file: 'replica/remove.ts',
    from: '({ id }) => stale.includes(id),',
    to: '({ id }) => stale !== undefined || id === undefined,',
    replicas: true,
  },
  {
    name: 'leaves a replica whose Create has failed',
    file: 'replica/setup.ts',
    from: 'const isToGo = own.some',
    to: 'const isToGo = false && own.some',
    replicas: true,
  },
  {
    name: 'leaves a replica whose Create was not answered',
    file: 'replica/remove.ts',
    from: 'state === undefined ? claims.ofResource(event) :',
    to: 'state === undefined ? [] :',
    replicas: true,
  },
];
