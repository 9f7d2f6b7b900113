import { required, type Call } from './call';
import type { FakeAws } from './fake-aws';
import { accessDenied } from './faults';
import { element } from './xml';

export interface Role {
  arn: string;
  /** Which accounts may assume it; default: any. */
  trustedBy?: (callerAccount: string) => boolean;
  /** When given, the caller must name it. */
  externalId?: string;
}

/** Whom an access key id stands for. */
export interface Caller {
  account: string;
  roleArn?: string;
  sessionName?: string;
  /** Temporary credentials are refused without it. */
  sessionToken?: string;
}

export const stsOperations: Record<string, (fake: FakeAws, call: Call) => string> = {
  AssumeRole(fake, call) {
    const arn = required(call, 'RoleArn');
    const sessionName = required(call, 'RoleSessionName');
    const role = fake.roles.get(arn);
    const trusted =
      role !== undefined &&
      (role.trustedBy?.(call.account) ?? true) &&
      (role.externalId === undefined || role.externalId === call.params.ExternalId);
    if (!trusted) throw accessDenied(call, fake.denial(call));

    const number = String(fake.callers.size).padStart(16, '0');
    const keyId = `ASIA${number}`;
    const sessionToken = `token-${number}`;
    const account = arn.split(':')[4] ?? '';
    fake.callers.set(keyId, {
      account,
      roleArn: arn,
      sessionName,
      sessionToken,
    });
    // The SDK compares this with the real time, whatever the fake's clock says.
    const expires = Math.max(Date.now(), fake.clock.now()) + 3_600_000;
    return (
      '<AssumedRoleUser>' +
      element('AssumedRoleId', `AROA${number}:${sessionName}`) +
      element('Arn', sessionArn(arn, sessionName)) +
      '</AssumedRoleUser><Credentials>' +
      element('AccessKeyId', keyId) +
      element('SecretAccessKey', 'secret') +
      element('SessionToken', sessionToken) +
      element('Expiration', new Date(expires).toISOString()) +
      '</Credentials>'
    );
  },
};

export function sessionArn(roleArn: string, sessionName: string): string {
  const [, partition = 'aws', , , account = ''] = roleArn.split(':');
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`;
}
