import { remedy } from '../../lambda/aws/remedy';

const CALL = { service: 'SES', operation: 'GetEmailIdentity', target: 'example.com in eu-west-1' } as const;

test.each([
  ['InvalidAction', 'The endpoint does not know this operation: it may be an emulator. Check AWS_ENDPOINT_URL.'],
  [
    'ENOTFOUND',
    'The endpoint was not found: the service may not be available in this Region, or the function cannot resolve names. ' +
      "Check sesRegion, and DNS in the function's VPC.",
  ],
  [
    'InvalidChangeBatch',
    'Nothing was changed: compare the zone with the record named in the message, then deploy again.',
  ],
  [
    'TimeoutError',
    'There was no answer in time: deploy again; if it fails again, check the AWS Health Dashboard and the ' +
      "function's network.",
  ],
])('what to do about %s', (code, words) => {
  expect(remedy(CALL, code, '')).toBe(words);
});
