/**
 * The CDK app of a contender, in a process of its own: `node app.mjs <options as JSON>`, in the folder
 * in which the packages are installed. Prints what each part took, in milliseconds.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AUTHENTICATED, BASELINES, CONTENDERS } from './contenders.mjs';

const { key, domains, outdir, outputs, account, region, stackName, context, lambdaEnvironment } = JSON.parse(
  process.argv[2],
);
const require = createRequire(join(process.cwd(), 'app.js'));
const contender = [...CONTENDERS, ...AUTHENTICATED, ...BASELINES].find((candidate) => candidate.key === key);

const start = performance.now();
const cdk = require('aws-cdk-lib');
const cdkLoaded = performance.now();
const addDomain = contender.load(require);
const loaded = performance.now();

const app = new cdk.App({
  outdir,
  context: {
    // What new CDK projects have. Without one of these flags, VerifySesDomain's Lambda first installs the SDK.
    ...require('aws-cdk-lib/recommended-feature-flags.json'),
    ...context,
  },
});
const stack = new cdk.Stack(app, stackName ?? 'Bench', { env: { account, region } });
domains.forEach((domain, index) => addDomain(stack, `Domain${index}`, domain, { outputs }));
if (lambdaEnvironment) {
  cdk.Aspects.of(stack).add({ visit: setEnvironment });
}
const constructed = performance.now();
app.synth();
const end = performance.now();

console.log(
  JSON.stringify({
    load: loaded - cdkLoaded,
    construct: constructed - loaded,
    synth: end - constructed,
    total: end - start,
  }),
);

function setEnvironment(node) {
  if (node.cfnResourceType === 'AWS::Lambda::Function') {
    node.addPropertyOverride('Environment.Variables', lambdaEnvironment);
  }
}
