import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import { connect } from '../scripts/lib/aws.mjs';
import { Cdk } from '../scripts/lib/cdk.mjs';
import { getEmulator } from '../scripts/lib/emulator.mjs';
import { Problem } from '../scripts/lib/problem.mjs';
import { runFolder } from '../scripts/lib/project.mjs';
import { step } from '../scripts/lib/steps.mjs';
import { NO_RESOURCE_LIMIT } from './assembly.mjs';
import { startCallCounter } from './call-counter.mjs';
import { CONTENDERS } from './contenders.mjs';
import { folder as packages } from './install.mjs';
import { runCase } from './sample.mjs';
import { summarize } from './statistics.mjs';

/** Seconds until a deployment is given up, and one whose Lambda does not start: CloudFormation waits an hour for it. */
const PATIENCE = 240;
const LITTLE_PATIENCE = 30;

/**
 * How long `cdk deploy` takes on the emulator, in seconds, from the app synthesized beforehand to a
 * stack that is there; and what VerifySesDomain's Lambda calls. Every deployment has new domains in
 * new zones. What fails is tried once; `counts` are the numbers of domains.
 */
export async function measureDeployments({ counts, rounds }) {
  const run = runFolder();
  const emulator = await getEmulator({ folder: run.path });
  try {
    const deployer = new Deployer(emulator, run.path);
    await step('cdk bootstrap', () => deployer.bootstrap());
    const times = {};
    for (let round = 0; round < rounds; round++) {
      for (const count of counts) {
        for (const { key, name } of CONTENDERS.filter(({ key }) => key !== 'dnsValidated')) {
          const result = (times[`${key} ${count}`] ??= { samples: [] });
          if (!result.failure) {
            await step(`Deploy ${count} × ${name}`, () => deployer.deploy(key, count, round, PATIENCE)).then(
              (seconds) => result.samples.push(seconds),
              (error) => (result.failure = error.message),
            );
          }
        }
      }
    }
    const calls = await step('Count the calls of VerifySesDomain', () => deployer.countCalls('verifySesDomain'));
    // The last: the emulator goes on waiting for it.
    times['dnsValidated 1'] = await step('Deploy 1 × DnsValidatedDomainIdentity', () =>
      deployer.deploy('dnsValidated', 1, 0, LITTLE_PATIENCE).then(
        (seconds) => ({ samples: [seconds] }),
        (error) => ({ failure: error.message }),
      ),
    );
    return { times: Object.fromEntries(Object.entries(times).map(([name, one]) => [name, summary(one)])), calls };
  } finally {
    await emulator.stop();
  }
}

class Deployer {
  constructor(emulator, folder) {
    this.emulator = emulator;
    this.folder = folder;
  }

  async bootstrap() {
    await this.#cdk().bootstrap();
  }

  /** @returns the seconds that `cdk deploy` took, and those that CloudFormation took of them. */
  async deploy(key, count, round, patience) {
    const stackName = `${key}-${count}-${round}`;
    const { app, zoneIds } = await this.#synthesize(key, count, stackName);
    const start = performance.now();
    const deployment = this.#cdk(app).deploy({});
    deployment.catch(() => {});
    await Promise.race([deployment, timeLimit(patience)]).catch((error) => {
      throw new Problem(causeOf(error));
    });
    const command = (performance.now() - start) / 1000;
    await this.#checkRecords(zoneIds);
    return { command, stack: await this.#stackSeconds(stackName) };
  }

  /** The operations that the Lambda calls for one domain on create and on delete. */
  async countCalls(key) {
    const counter = await startCallCounter(this.emulator.url);
    try {
      const { app } = await this.#synthesize(key, 1, `${key}-counted`, { AWS_ENDPOINT_URL: counter.url });
      await this.#cdk(app).deploy({});
      const create = counter.take();
      await this.#cdk(app).destroy({});
      return { create, delete: counter.take() };
    } finally {
      await counter.stop();
    }
  }

  #cdk(app) {
    return new Cdk({ folder: this.folder, environment: this.emulator.environment, app });
  }

  async #synthesize(key, count, stackName, lambdaEnvironment) {
    const aws = await connect(this.emulator.environment);
    const names = Array.from({ length: count }, (_, index) => `customer-${index}.${stackName.toLowerCase()}.example`);
    const domains = [];
    for (const domainName of names) {
      domains.push({ domainName, zoneName: domainName, zoneId: await aws.createHostedZone(domainName) });
    }
    const app = join(this.folder, stackName);
    mkdirSync(app);
    const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = this.emulator.environment;
    await runCase({
      name: stackName,
      file: new URL('app.mjs', import.meta.url).pathname,
      options: { key, domains, outdir: app, stackName, account, region, context: NO_RESOURCE_LIMIT, lambdaEnvironment },
      cwd: packages,
      env: { ...process.env, CDK_VALIDATION: 'false' },
    });
    return { app, zoneIds: domains.map(({ zoneId }) => zoneId) };
  }

  /** The CDK CLI looks only every five seconds whether the stack is there. */
  async #stackSeconds(stackName) {
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = this.emulator.variables;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new CloudFormationClient({ endpoint, region, credentials });
    const times = [];
    for await (const { StackEvents } of paginateDescribeStackEvents({ client }, { StackName: stackName })) {
      times.push(...StackEvents.map(({ Timestamp }) => Timestamp.getTime()));
    }
    return (Math.max(...times) - Math.min(...times)) / 1000;
  }

  async #checkRecords(zoneIds) {
    const aws = await connect(this.emulator.environment);
    for (const zoneId of zoneIds) {
      const records = await aws.cnames(zoneId);
      if (records.length !== 3) {
        throw new Problem(`deployed, but a zone has ${records.length} DKIM records`);
      }
    }
  }
}

async function timeLimit(seconds) {
  await sleep(seconds * 1000, undefined, { ref: false });
  throw new Problem(`no answer from its Lambda in ${seconds} s`);
}

/** The line of the CDK CLI that says what failed. */
function causeOf({ message, details = '' }) {
  const lines = details.split('\n').map((line) => line.trim());
  const failed = lines.find((line) => /CREATE_FAILED/.test(line))?.replace(/^.*\)\s+/, '');
  return failed ?? lines.find((line) => /Template format error|does not exist|is greater than/.test(line)) ?? message;
}

function summary({ samples, failure }) {
  return failure
    ? { failure }
    : {
        command: summarize(samples.map(({ command }) => command)),
        stack: summarize(samples.map(({ stack }) => stack)),
      };
}
