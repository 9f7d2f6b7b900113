/** A bug put into the handler on purpose: one exact replacement in one of its sources. */
export interface Mutation {
  readonly name: string;
  /** In `lambda/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bugs that the peers have, or that are easy to make. A suite that does not catch them proves nothing. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'takes every identity for its own',
    file: 'domain/apply.ts',
    from: 'ownsIdentity: this.madeIdentity || (unchanged && known.ownsIdentity),',
    to: 'ownsIdentity: true,',
  },
  {
    name: 'takes a record that is right for its own',
    file: 'domain/record-plan.ts',
    from: '      continue;',
    to: '      owned.push(record.id);',
  },
  {
    name: 'overwrites records unasked',
    file: 'domain/record-plan.ts',
    from: 'ours || wishes.overwriteRecords',
    to: 'true',
  },
  {
    name: 'deletes before it creates',
    file: 'domain/apply.ts',
    from: 'await zone.waitUntilInSync(await zone.change(plan.changes), cancellation);',
    to: `const upserts = plan.changes.filter(({ action }) => action === 'UPSERT');
      const old = existing.filter((set) => upserts.some(({ record }) => record.name === set.name));
      if (old.length > 0) await zone.change(old.map((record) => ({ action: 'DELETE', record })));
      await zone.waitUntilInSync(await zone.change(plan.changes), cancellation);`,
  },
  {
    name: 'writes one batch a record',
    file: 'domain/apply.ts',
    from: 'await zone.waitUntilInSync(await zone.change(plan.changes), cancellation);',
    to: 'for (const change of plan.changes) await zone.waitUntilInSync(await zone.change([change]), cancellation);',
  },
  {
    name: 'does not wait until the records are published',
    file: 'domain/apply.ts',
    from: 'await zone.waitUntilInSync(await zone.change(plan.changes), cancellation);',
    to: 'await zone.change(plan.changes);',
  },
  {
    name: 'verifies on Delete',
    file: 'domain/remove.ts',
    from: 'const { tokens } = await ses.readDkim(state.domainName);',
    to: 'const tokens = await ses.verifyDomainDkim(state.domainName);',
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
    from: 'isOf(set, record) && isStillOurs(set, record)',
    to: 'isOf(set, record)',
  },
  {
    name: 'deletes the identity that somebody made anew',
    file: 'domain/remove.ts',
    from: 'if (another || unsure)',
    to: 'if (unsure)',
  },
  {
    name: 'clean-up does not look what took the place',
    file: 'domain/remove.ts',
    from: 'return id === undefined || id === event.PhysicalResourceId ? undefined : parsePhysicalId(id);',
    to: 'return undefined;',
  },
  {
    name: 'a failed run leaves its records',
    file: 'domain/apply.ts',
    from: 'if (this.submitted.length > 0) {',
    to: 'if (this.submitted.length > 3) {',
  },
  {
    name: 'a failed run leaves its identity',
    file: 'domain/apply.ts',
    from: 'if (this.madeIdentity && !this.config.retain) {',
    to: 'if (false) {',
  },
  {
    name: 'a failed run with RETAIN deletes',
    file: 'domain/apply.ts',
    from: 'if (this.madeIdentity && !this.config.retain) {',
    to: 'if (this.madeIdentity) {',
  },
  {
    name: 'a failed Update answers with a new id',
    file: 'index.ts',
    from: 'physicalId: former ?? formatPhysicalId(left.state),',
    to: 'physicalId: formatPhysicalId(left.state),',
  },
  {
    name: 'a failed Create answers that there is nothing',
    file: 'index.ts',
    from: 'physicalId: former ?? formatPhysicalId(left.state),',
    to: 'physicalId: former ?? emptyPhysicalId(event.RequestId),',
  },
  {
    name: 'forgets what a killed run made',
    file: 'events/journal.ts',
    from: 'return existsSync(this.file) ?',
    to: 'return false ?',
  },
  {
    name: 'takes its own first try for the work of others',
    file: 'domain/apply.ts',
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
    file: 'index.ts',
    from: '  if (retain) {',
    to: '  if (false) {',
  },
  {
    name: 'switches the signing of BYODKIM',
    file: 'domain/apply.ts',
    from: 'refuseForeignSigning(before, domainName, region);',
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
    file: 'domain/apply.ts',
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
    file: 'domain/mail-record.ts',
    from: "return name.toLowerCase().replace(/\\.$/, '');",
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
    file: 'index.ts',
    from: 'connect({ ...state, delegationRoleArn }, deadlines.work, log)',
    to: 'connect(state, deadlines.work, log)',
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
    from: 'if (delay >= deadline.remaining()) {',
    to: 'if (true) {',
  },
  {
    name: 'deletes a TXT record set with all that others have in it',
    file: 'domain/mail-record.ts',
    from: 'const values = [...others, ...(replaced',
    to: 'const values = [...(replaced',
  },
  {
    name: 'writes a TXT record set without what others have in it',
    file: 'domain/mail-record.ts',
    from: 'values: [...others, value],',
    to: 'values: [value],',
  },
  {
    name: 'doubles the SPF record',
    file: 'domain/mail-record.ts',
    from: '? set.values.filter((value) => excludeEachOther(readTxt(value), readTxt(record.value)))',
    to: '? set.values.filter((value) => readTxt(value) === readTxt(record.value))',
  },
  {
    name: 'writes a shared record set as it was when it was read',
    file: 'domain/record-plan.ts',
    from: "return to.type === 'TXT'",
    to: "return to.type === 'NONE'",
  },
  {
    name: 'forgets the MX record on Delete',
    file: 'domain/mail-record.ts',
    from: "{ id: 'mx', name: mailFrom,",
    to: "{ id: 'mx', name: `x.${mailFrom}`,",
  },
  {
    name: 'clean-up takes the MAIL FROM records that are in use',
    file: 'domain/record-plan.ts',
    from: "...(mailFrom === other.mailFrom ? ['mx', 'spf'] : [])",
    to: '',
  },
  {
    name: 'takes the DMARC record of others on Delete',
    file: 'domain/record-plan.ts',
    from: ': hasOurs(set, record);',
    to: ': rivals(set, record).length > 0;',
  },
  {
    name: 'does not wait for the verification',
    file: 'domain/identity.ts',
    from: "if (status === 'Success') {",
    to: 'if (status) {',
  },
  {
    name: 'goes on when CloudFormation has cancelled it',
    file: 'events/cancellation.ts',
    from: '!UNDER_WAY.test(resource.status)',
    to: 'false',
  },
  {
    name: 'takes how the operation before has ended for a cancellation',
    file: 'events/cancellation.ts',
    from: ' && resource.since > this.start',
    to: '',
  },
];
