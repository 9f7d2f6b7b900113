import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import { hostName } from '../../lib/shared/host-name';
import { dkimParent } from '../../lib/shared/record-names';
import { callAws } from './call';
import { poll } from './poll';
import { Deadline } from '../events/deadline';
import { AwsCallFailure, Failure } from '../events/failure';
import { Log } from '../events/log';
import { RecordSet, sameName } from '../domain/record-set';
import { Change } from '../domain/record-plan';

/** Route 53 has most changes everywhere within a minute; a change that takes longer than this is stuck. */
const LONGEST_PROPAGATION = 10 * 60_000;
const FIRST_POLL_DELAY = 1_000;
const LONGEST_POLL_DELAY = 15_000;

/** The calls to one hosted zone. */
export class HostedZone {
  public constructor(
    private readonly client: Route53Client,
    private readonly zone: { readonly zoneId: string; readonly delegationRoleArn?: string },
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  public get id(): string {
    return this.zone.zoneId;
  }

  /**
   * The record sets of all types where some names are: DKIM records live together, below
   * `_domainkey.<domain>`, and any other name is looked at by itself.
   *
   * @throws AwsCallFailure
   */
  public async listRecordSets(domainName: string, names: readonly string[]): Promise<readonly RecordSet[]> {
    const parent = dkimParent(domainName);
    const places = new Set(names.map((name) => (name.endsWith(`.${parent}`) ? parent : name)));
    const found: RecordSet[] = [];
    for (const place of places) {
      found.push(
        ...(await this.listFrom(
          place,
          (name) => sameName(name, place) || (place === parent && name.endsWith(`.${parent}`)),
        )),
      );
    }
    return found;
  }

  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
  private async listFrom(first: string, belongs: (name: string) => boolean): Promise<readonly RecordSet[]> {
    const found: RecordSet[] = [];
    let start: { StartRecordName: string; StartRecordType?: RRType; StartRecordIdentifier?: string } = {
      StartRecordName: first,
    };
    // The name only sets where the list starts: it goes on to the end of the zone.
    for (;;) {
      const page = await this.call('ListResourceRecordSets', (options) =>
        this.client.send(new ListResourceRecordSetsCommand({ HostedZoneId: this.zone.zoneId, ...start }), options),
      );
      for (const set of page.ResourceRecordSets ?? []) {
        const name = unescapeName(set.Name ?? '');
        if (!belongs(name)) {
          return found;
        }
        found.push({
          name,
          type: set.Type ?? '',
          ttl: set.TTL ?? 0,
          values: (set.ResourceRecords ?? []).map((record) => record.Value ?? ''),
          simple: set.SetIdentifier === undefined && set.AliasTarget === undefined,
        });
      }
      if (!page.IsTruncated || page.NextRecordName === undefined) {
        return found;
      }
      start = {
        StartRecordName: page.NextRecordName,
        StartRecordType: page.NextRecordType,
        StartRecordIdentifier: page.NextRecordIdentifier,
      };
    }
  }

  /**
   * Submits all changes as one batch: all of them take effect, or none.
   *
   * @returns the id of the change, for {@link waitUntilInSync}.
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
   */
  public async change(changes: readonly Change[]): Promise<string> {
    const { ChangeInfo } = await this.call('ChangeResourceRecordSets', (options) =>
      this.client.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: this.zone.zoneId,
          ChangeBatch: {
            Comment: 'cdk-ses-easy-dkim',
            Changes: changes.map(({ action, record }) => ({
              Action: action,
              ResourceRecordSet: {
                Name: record.name,
                Type: record.type as RRType,
                TTL: record.ttl,
                ResourceRecords: record.values.map((Value) => ({ Value })),
              },
            })),
          },
        }),
        options,
      ),
    );
    return ChangeInfo?.Id ?? '';
  }

  /**
   * Waits until all of Route 53's name servers have the change.
   *
   * @param check is called between two looks, and may throw
   * @throws Failure when that takes more than ten minutes, or the deadline comes first.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
   */
  public async waitUntilInSync(changeId: string, check: () => Promise<void>): Promise<void> {
    const deadline = this.deadline.atMost(LONGEST_PROPAGATION);
    let status: string | undefined;
    const inSync = await poll(
      async () => {
        if (status !== undefined) {
          await check();
        }
        const { ChangeInfo } = await this.call('GetChange', (options) =>
          this.client.send(new GetChangeCommand({ Id: changeId }), options),
        );
        status = ChangeInfo?.Status ?? 'unknown';
        return status === 'INSYNC' || undefined;
      },
      { first: FIRST_POLL_DELAY, longest: LONGEST_POLL_DELAY, deadline },
    ).finally(() => deadline.clear());
    if (!inSync) {
      throw new Failure(
        `Route 53 took the records into hosted zone ${this.zone.zoneId} but has not published them in time ` +
          `(change ${changeId} is ${status}): deploy again; if it fails again, check the AWS Health Dashboard.`,
      );
    }
  }

  private call<T>(operation: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    const { zoneId, delegationRoleArn } = this.zone;
    const description = {
      service: 'Route 53',
      operation,
      target: `hosted zone ${zoneId}`,
      role: delegationRoleArn,
    } as const;
    return callAws(this.log, description, this.deadline, () => send({ abortSignal: this.deadline.signal }));
  }
}

/** Whether the zone is gone, which is no error when there is something to delete in it. */
export function isNoSuchHostedZone(error: unknown): boolean {
  return error instanceof AwsCallFailure && error.code === 'NoSuchHostedZone';
}

/** Whether a change batch does not go with what is in the zone. */
export function isInvalidChangeBatch(error: unknown): error is AwsCallFailure {
  return error instanceof AwsCallFailure && error.code === 'InvalidChangeBatch';
}

/** Route 53 answers in lower case, with a trailing dot and with other characters as `\ooo`. */
function unescapeName(name: string): string {
  return hostName(name.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
}
