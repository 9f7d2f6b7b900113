import { SESClient } from '@aws-sdk/client-ses';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { Deadline } from '../events/deadline';
import { Access, answersInJson, clientSettings, restrict } from './client-settings';

/** The clients for SES in one Region. Each is made when it is first used: few events need all of them. */
export class SesClients {
  private madeV1: SESClient | undefined;
  private madeV2: SESv2Client | undefined;

  public constructor(
    private readonly region: string,
    private readonly deadline: Deadline,
    private readonly access: Access,
  ) {}

  public get v1(): SESClient {
    const { region, deadline, access } = this;
    return (this.madeV1 ??= restrict(new SESClient(clientSettings(region, deadline, access)), access));
  }

  public get v2(): SESv2Client {
    const { region, deadline, access } = this;
    return (this.madeV2 ??= restrict(new SESv2Client(clientSettings(region, deadline, access, answersInJson)), access));
  }
}
