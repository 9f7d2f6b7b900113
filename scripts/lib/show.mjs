import { setTimeout as sleep } from 'node:timers/promises';
import { Cdk, flags } from './cdk.mjs';
import { connect } from './aws.mjs';
import { checkOnLoopback } from './loopback-check.mjs';
import { Problem } from './problem.mjs';
import { section } from './report.mjs';
import { step } from './steps.mjs';

/** Deploys a scenario, shows and checks what came to be, and destroys it again. */
export async function show(scenario, { emulator, folder, keep }) {
  const cdk = new Cdk({ folder, environment: emulator.environment, app: scenario.app });
  const aws = await connect(emulator.environment);
  const { zoneName } = scenario;

  const zoneId = await step(`Create the hosted zone ${zoneName}`, () => aws.createHostedZone(zoneName));
  const context = { ...scenario.context(emulator.environment.CDK_DEFAULT_ACCOUNT), hostedZoneId: zoneId, zoneName };
  await step('cdk bootstrap', () => cdk.bootstrap());
  const outputs = await step('cdk deploy', () => cdk.deploy(context));
  const domains = scenario.domains(emulator.environment.AWS_REGION);
  const deployed = await step('Read back from Route 53 and SES', async () => ({
    records: await aws.records(zoneId),
    domains: await Promise.all(domains.map((domain) => readDomain(aws, domain))),
    outputs,
  }));
  showDeployed(deployed, zoneId);
  failOn('The deployment is not as it should be', problemsOf(deployed));
  if (scenario.check) {
    await showCheck(scenario, deployed.records, emulator.environment);
  }
  if (scenario.isWatched) {
    await showWatch(aws, zoneId, outputs);
  }
  const names = [...new Set(domains.map(({ name }) => name))].join(', ');
  if (keep) {
    return { summary: `${names} is deployed and as it should be`, context: flags(context).join(' ') };
  }

  await step('cdk destroy', () => cdk.destroy(context));
  const left = await step('Look for what is left', () => leftovers(aws, zoneId, domains, Object.keys(outputs)));
  failOn('cdk destroy left something behind', left);
  await step(`Delete the hosted zone ${zoneName}`, () => aws.deleteHostedZone(zoneId));
  section('Left after cdk destroy: nothing', ['no record in the zone, no SES identity, no stack']);
  console.log();
  return { summary: `${names} was deployed, found as it should be, and removed without a trace` };
}

async function readDomain(aws, { name, region, mailFrom, further = [] }) {
  const ses = aws.ses(region);
  return {
    name,
    region: ses.region,
    hasIdentity: await ses.hasIdentity(name),
    dkim: await ses.dkim(name),
    mailFrom: mailFrom && { wanted: mailFrom, found: await ses.mailFrom(name) },
    further,
  };
}

/** How long the schedule of the watch, which is a minute, may take. */
const WATCH_PATIENCE = 150_000;

/** Deletes a record, and waits until the watch has put it back. */
async function showWatch(aws, zoneId, outputs) {
  const [lost] = await aws.cnames(zoneId);
  await step(`Delete the record ${lost.name}, as somebody might`, () => aws.deleteCname(zoneId, lost));
  const deadline = Date.now() + WATCH_PATIENCE;
  const isBack = async () =>
    (await aws.cnames(zoneId)).some(({ name, value }) => name === lost.name && value === lost.value);
  await step('Wait for the watch', async () => {
    while (!(await isBack()) && Date.now() < deadline) {
      await sleep(1_000);
    }
  });
  if (!(await isBack())) {
    throw new Problem(`The watch has not put ${lost.name} back.`);
  }
  const lines = await aws.log(Object.keys(outputs)[0], ['repaired', 'watched']);
  section('The log of the watch', lines);
  console.log();
}

/** Ends with a Problem that shows the table when a check fails. */
async function showCheck({ check, zoneName }, records, environment) {
  const table = await step(`npx cdk-ses-easy-dkim check ${check}`, () =>
    checkOnLoopback(check, { zoneName, records, environment }),
  );
  section(`The check of ${check}`, [
    'DNS is a server on this machine. It has the records of the hosted zone above ' +
      'and, in place of SES, an RSA key made for this run where each CNAME leads ' +
      'to, and an SPF record of amazonses.com.',
    'The rows of SES are what the emulator says: it verifies at once, without a look at DNS.',
  ]);
  console.log(`\n${table.replace(/^(?=.)/gm, '    ')}`);
}

function showDeployed({ records, domains, outputs }, zoneId) {
  section(
    `Route 53, zone ${zoneId}`,
    records.flatMap(({ name, type, ttl, values }) => [
      name,
      ...values.map((value) => `    ${type}, TTL ${ttl} s → ${value}`),
    ]),
  );
  for (const { name, region, hasIdentity, dkim, mailFrom } of domains) {
    section(`SES in ${region}`, [
      `${hasIdentity ? 'identity' : 'NO identity'} ${name}`,
      `DKIM ${dkim.enabled ? 'enabled' : 'NOT enabled'}, verification status ${dkim.status}`,
      ...dkim.tokens.map((token, index) => `token ${index + 1}  ${token}`),
      ...(mailFrom?.found ? [`MAIL FROM ${mailFrom.found.name}, status ${mailFrom.found.status}`] : []),
    ]);
  }
  for (const [stack, values] of Object.entries(outputs)) {
    section(
      `Outputs of the stack ${stack}`,
      Object.entries(values).flatMap(([name, value]) => [name, `    ${value}`]),
    );
  }
  console.log();
}

/** What is wrong, in one sentence each; nothing when all is well. */
function problemsOf({ records, domains, outputs }) {
  const text = Object.values(outputs)
    .flatMap((values) => Object.values(values))
    .join('\n');
  const wanted = new Set(
    domains.flatMap(({ name, dkim, further }) => [
      ...dkim.tokens.map((token) => `CNAME ${token}._domainkey.${name}`),
      ...further.map(({ name, type }) => `${type} ${name}`),
    ]),
  );
  const problems = domains.flatMap(({ name, region, hasIdentity, dkim, mailFrom, further }) => [
    !hasIdentity && `SES in ${region} has no identity ${name}.`,
    dkim.tokens.length !== 3 && `SES in ${region} gives ${dkim.tokens.length} DKIM tokens for ${name}; it should be 3.`,
    ...dkim.tokens.flatMap((token) => problemsOfToken(token, name, records, text)),
    mailFrom &&
      mailFrom.found?.name !== mailFrom.wanted &&
      `SES in ${region} has the MAIL FROM domain ${mailFrom.found?.name}; it should be ${mailFrom.wanted}.`,
    ...further.map(
      (record) => !isAmong(records, record) && `Route 53 has no ${record.type} ${record.name} → ${record.value}.`,
    ),
  ]);
  if (records.length !== wanted.size) {
    problems.push(`The zone has ${records.length} records; there should be ${wanted.size}.`);
  }
  return [...new Set(problems.filter(Boolean))];
}

function problemsOfToken(token, domain, records, outputText) {
  const name = `${token}._domainkey.${domain}`;
  const record = records.find((candidate) => candidate.type === 'CNAME' && candidate.name === name);
  if (!record) {
    return [`Route 53 has no CNAME ${name}.`];
  }
  const [value] = record.values;
  const isTarget = value.startsWith(`${token}.dkim.`) && value.endsWith('.amazonses.com');
  return [
    !isTarget && `The CNAME ${name} does not lead to SES: ${value}.`,
    !outputText.includes(name) && `No output of a stack names the record ${name}.`,
    !outputText.includes(value) && `No output of a stack has the value ${value}.`,
  ];
}

function isAmong(records, { name, type, value }) {
  return records.some((record) => record.name === name && record.type === type && record.values.includes(value));
}

async function leftovers(aws, zoneId, domains, stacks) {
  const left = (await aws.records(zoneId)).map(({ type, name }) => `The ${type} record ${name}.`);
  for (const { name, region } of domains) {
    if (await aws.ses(region).hasIdentity(name)) {
      left.push(`The SES identity ${name}.`);
    }
  }
  for (const stack of stacks) {
    if (await aws.hasStack(stack)) {
      left.push(`The stack ${stack}.`);
    }
  }
  return left;
}

function failOn(message, problems) {
  if (problems.length > 0) {
    throw new Problem(`${message}:`, problems.map((problem) => `- ${problem}`).join('\n'));
  }
}
