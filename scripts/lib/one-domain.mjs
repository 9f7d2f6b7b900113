import { Cdk, flags } from './cdk.mjs';
import { connect } from './aws.mjs';
import { Problem } from './problem.mjs';
import { section } from './report.mjs';
import { step } from './steps.mjs';

const ZONE_NAME = 'example.com';
const DOMAIN = 'mail.example.com';

/** A domain in a zone of its own account and Region. */
export const oneDomain = {
  async run({ emulator, folder, keep }) {
    const cdk = new Cdk({ folder, environment: emulator.environment });
    const aws = await connect(emulator.environment);

    const zoneId = await step(`Create the hosted zone ${ZONE_NAME}`, () => aws.createHostedZone(ZONE_NAME));
    const context = { domainName: DOMAIN, hostedZoneId: zoneId, zoneName: ZONE_NAME };
    await step('cdk bootstrap', () => cdk.bootstrap());
    const outputs = await step('cdk deploy', () => cdk.deploy(context));
    const deployed = await step('Read back from Route 53 and SES', async () => ({
      records: await aws.cnames(zoneId),
      hasIdentity: await aws.hasIdentity(DOMAIN),
      dkim: await aws.dkim(DOMAIN),
      outputs,
    }));
    show(deployed, zoneId);
    failOn('The deployment is not as it should be', problemsOfDeployment(deployed));
    if (keep) {
      return { summary: `${DOMAIN} is deployed and as it should be`, context: flags(context).join(' ') };
    }

    await step('cdk destroy', () => cdk.destroy(context));
    const left = await step('Look for what is left', () => leftovers(aws, zoneId, Object.keys(outputs)));
    failOn('cdk destroy left something behind', left);
    await step(`Delete the hosted zone ${ZONE_NAME}`, () => aws.deleteHostedZone(zoneId));
    section('Left after cdk destroy: nothing', ['no CNAME record in the zone, no SES identity, no stack']);
    console.log();
    return { summary: `${DOMAIN} was deployed, found as it should be, and removed without a trace` };
  },
};

function show({ records, hasIdentity, dkim, outputs }, zoneId) {
  section(
    `Route 53, zone ${ZONE_NAME} (${zoneId})`,
    records.flatMap(({ name, ttl, value }) => [`${name}`, `    CNAME, TTL ${ttl} s → ${value}`]),
  );
  section('SES', [
    `${hasIdentity ? 'identity' : 'NO identity'} ${DOMAIN}`,
    `DKIM ${dkim.enabled ? 'enabled' : 'NOT enabled'}, verification status ${dkim.status}`,
    ...dkim.tokens.map((token, index) => `token ${index + 1}  ${token}`),
  ]);
  for (const [stack, values] of Object.entries(outputs)) {
    section(
      `Outputs of the stack ${stack}`,
      Object.entries(values).flatMap(([name, value]) => [name, `    ${value}`]),
    );
  }
  console.log();
}

/** What is wrong, in one sentence each; nothing when all is well. */
function problemsOfDeployment({ records, hasIdentity, dkim, outputs }) {
  const outputText = Object.values(outputs)
    .flatMap((values) => Object.values(values))
    .join('\n');
  const problems = dkim.tokens.flatMap((token) => {
    const name = `${token}._domainkey.${DOMAIN}`;
    const record = records.find((candidate) => candidate.name === name);
    if (!record) {
      return [`Route 53 has no CNAME ${name}.`];
    }
    const isTarget = record.value.startsWith(`${token}.dkim.`) && record.value.endsWith('.amazonses.com');
    return [
      !isTarget && `The CNAME ${name} does not lead to SES: ${record.value}.`,
      !outputText.includes(name) && `No output of a stack names the record ${name}.`,
      !outputText.includes(record.value) && `No output of a stack has the value ${record.value}.`,
    ].filter(Boolean);
  });
  if (!hasIdentity) {
    problems.push(`SES has no identity ${DOMAIN}.`);
  }
  if (dkim.tokens.length !== 3) {
    problems.push(`SES gives ${dkim.tokens.length} DKIM tokens for ${DOMAIN}; there should be 3.`);
  }
  if (records.length !== 3) {
    problems.push(`The zone has ${records.length} CNAME records; there should be 3.`);
  }
  return problems;
}

async function leftovers(aws, zoneId, stacks) {
  const left = (await aws.cnames(zoneId)).map(({ name }) => `The CNAME record ${name}.`);
  if (await aws.hasIdentity(DOMAIN)) {
    left.push(`The SES identity ${DOMAIN}.`);
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
