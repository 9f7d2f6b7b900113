/**
 * What the deployment is checked against, read with the AWS SDK. The SDK is imported when it is
 * used: the scripts start before it is installed.
 */
export async function connect(environment) {
  const cloudFormation = await import('@aws-sdk/client-cloudformation');
  const route53 = await import('@aws-sdk/client-route-53');
  const ses = await import('@aws-sdk/client-ses');
  const sesV2 = await import('@aws-sdk/client-sesv2');

  const config = clientConfig(environment);
  const stacks = new cloudFormation.CloudFormationClient(config);
  const dns = new route53.Route53Client(config);

  return {
    async createHostedZone(name) {
      const request = { Name: name, CallerReference: `${Date.now()}-${process.pid}` };
      const { HostedZone } = await dns.send(new route53.CreateHostedZoneCommand(request));
      return HostedZone.Id.replace('/hostedzone/', '');
    },

    async deleteHostedZone(id) {
      await dns.send(new route53.DeleteHostedZoneCommand({ Id: id }));
    },

    /**
     * The record sets of a zone but its own NS and SOA, names and hosts without the trailing dot; none in a zone that
     * is gone.
     */
    async records(zoneId) {
      const { ResourceRecordSets } = await dns
        .send(new route53.ListResourceRecordSetsCommand({ HostedZoneId: zoneId }))
        .catch((error) => {
          if (error.name === 'NoSuchHostedZone') return { ResourceRecordSets: [] };
          throw error;
        });
      return ResourceRecordSets.filter(({ Type }) => !['NS', 'SOA'].includes(Type)).map(
        ({ Name, Type, TTL, ResourceRecords }) => ({
          name: withoutDot(Name),
          type: Type,
          ttl: TTL,
          values: ResourceRecords.map(({ Value }) => withoutDot(Value)),
        }),
      );
    },

    /** The CNAME records of a zone. */
    async cnames(zoneId) {
      const records = await this.records(zoneId);
      return records
        .filter(({ type }) => type === 'CNAME')
        .map(({ name, ttl, values }) => ({ name, ttl, value: values[0] }));
    },

    async deleteCname(zoneId, { name, ttl, value }) {
      const record = { Name: name, Type: 'CNAME', TTL: ttl, ResourceRecords: [{ Value: value }] };
      const batch = { Changes: [{ Action: 'DELETE', ResourceRecordSet: record }] };
      await dns.send(new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: batch }));
    },

    /** The lines of some steps in the log of the function of a stack, as JSON. */
    async log(stack, steps) {
      const logs = await import('@aws-sdk/client-cloudwatch-logs');
      const request = { StackName: stack };
      const { StackResources } = await stacks.send(new cloudFormation.DescribeStackResourcesCommand(request));
      const group = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::Logs::LogGroup');
      const { events = [] } = await new logs.CloudWatchLogsClient(config).send(
        new logs.FilterLogEventsCommand({ logGroupName: group.PhysicalResourceId }),
      );
      const lines = events.map(({ message }) => message.slice(message.indexOf('{')).trim());
      return lines.filter((line) => steps.some((each) => line.startsWith(`{"step":"${each}"`)));
    },

    /** SES in a Region, or in the one of the environment. */
    ses(region = config.region) {
      const endpoint = environment.AWS_ENDPOINT_URL_SES ?? config.endpoint;
      const mail = new ses.SESClient({ ...config, endpoint, region });
      const mailV2 = new sesV2.SESv2Client({ ...config, endpoint, region });
      return {
        region,

        /** By the API that makes and deletes it: MiniStack alone keeps what VerifyDomainDkim has made beside it. */
        async hasIdentity(name) {
          try {
            await mailV2.send(new sesV2.GetEmailIdentityCommand({ EmailIdentity: name }));
            return true;
          } catch (error) {
            if (error.name === 'NotFoundException') return false;
            throw error;
          }
        },

        async dkim(domain) {
          const request = { Identities: [domain] };
          const { DkimAttributes } = await mail.send(new ses.GetIdentityDkimAttributesCommand(request));
          const { DkimEnabled, DkimVerificationStatus, DkimTokens } = DkimAttributes[domain] ?? {};
          return { enabled: DkimEnabled, status: DkimVerificationStatus, tokens: DkimTokens ?? [] };
        },

        /** The custom MAIL FROM domain, if any. */
        async mailFrom(domain) {
          const request = { Identities: [domain] };
          const { MailFromDomainAttributes } = await mail.send(
            new ses.GetIdentityMailFromDomainAttributesCommand(request),
          );
          const { MailFromDomain, MailFromDomainStatus } = MailFromDomainAttributes[domain] ?? {};
          return MailFromDomain && { name: MailFromDomain, status: MailFromDomainStatus };
        },
      };
    },

    async hasStack(name) {
      try {
        const { Stacks } = await stacks.send(new cloudFormation.DescribeStacksCommand({ StackName: name }));
        return Stacks.some(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
      } catch (error) {
        if (/does not exist/.test(error.message)) {
          return false;
        }
        throw error;
      }
    },
  };
}

/** Where the clients of the SDK find AWS. */
export function clientConfig(environment) {
  // The clients are created in this process: its environment decides whether they warn.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  return {
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    // Without keys there is a profile: the SDK finds it by itself.
    ...(accessKeyId && {
      credentials: { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN },
    }),
  };
}

function withoutDot(name) {
  return name.replace(/\.$/, '');
}
