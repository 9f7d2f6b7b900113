package app;

import io.github.cdk.ses.easydkim.DkimRecord;
import io.github.cdk.ses.easydkim.EasyDkimDelegationRole;
import io.github.cdk.ses.easydkim.EasyDkimDomain;
import io.github.cdk.ses.easydkim.EasyDkimFunctionOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.AccountPrincipal;
import software.amazon.awscdk.services.iam.OrganizationPrincipal;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Tracing;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.route53.HostedZone;
import software.amazon.awscdk.services.route53.HostedZoneAttributes;
import software.amazon.awscdk.services.route53.PublicHostedZone;
import software.amazon.awscdk.services.ses.EasyDkimSigningKeyLength;

public final class Main {
  public static void main(String[] args) {
    App app = App.Builder.create().analyticsReporting(false).build();
    Stack stack = Stack.Builder.create(app, "Mail")
        .env(Environment.builder().account("111122223333").region("eu-west-1").build())
        .build();
    PublicHostedZone hostedZone = PublicHostedZone.Builder.create(stack, "Zone").zoneName("example.com").build();

    EasyDkimDomain plain = EasyDkimDomain.Builder.create(stack, "Plain")
        .hostedZone(hostedZone)
        .functionOptions(EasyDkimFunctionOptions.builder()
            .logRetention(RetentionDays.ONE_YEAR)
            .tracing(Tracing.ACTIVE)
            .build())
        .build();

    EasyDkimDomain full = EasyDkimDomain.Builder.create(stack, "Full")
        .hostedZone(HostedZone.fromHostedZoneAttributes(stack, "OtherZone", HostedZoneAttributes.builder()
            .hostedZoneId("Z0123456789ABCDEFGHIJ")
            .zoneName("example.org")
            .build()))
        .domainName("mail.example.org")
        .ttl(Duration.minutes(5))
        .sesRegion("us-east-1")
        .replicaRegions(List.of("eu-north-1"))
        .delegationRole(
            Role.fromRoleArn(stack, "Delegation", "arn:aws:iam::444455556666:role/mail-dkim-delegation"))
        .waitForVerification(Duration.minutes(10))
        .removalPolicy(RemovalPolicy.RETAIN)
        .takeOwnership(true)
        .signingKeyLength(EasyDkimSigningKeyLength.RSA_2048_BIT)
        .overwriteRecords(true)
        .outputs(false)
        .revision("2")
        .build();

    EasyDkimDelegationRole.Builder.create(stack, "WholeZone")
        .hostedZone(hostedZone)
        .assumedBy(new AccountPrincipal("444455556666"))
        .build();

    EasyDkimDelegationRole.Builder.create(stack, "OneDomain")
        .hostedZone(hostedZone)
        .assumedBy(new AccountPrincipal("444455556666"))
        .domainNames(List.of("mail.example.com", "news.example.com"))
        .roleName("mail-dkim-delegation")
        .build();

    Role sender = Role.Builder.create(stack, "Sender")
        .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
        .build();
    plain.grantSendEmail(sender);
    plain.grantSendEmail(new AccountPrincipal("444455556666"));
    plain.addToResourcePolicy(PolicyStatement.Builder.create()
        .actions(List.of("ses:SendEmail"))
        .principals(List.of(new OrganizationPrincipal("o-1234567890")))
        .build());
    full.grant(sender, "ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail");

    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("DomainName", full.getDomainName());
    attributes.put("IdentityName", full.getEmailIdentityName());
    attributes.put("IdentityArn", full.getEmailIdentityArn());
    attributes.put("Status", full.getVerificationStatus());
    attributes.forEach((id, value) -> output(stack, id, value));
    List<String> tokens = full.getDkimTokens();
    for (int index = 0; index < tokens.size(); index++) {
      output(stack, "Token" + index, tokens.get(index));
    }
    List<DkimRecord> records = full.getDkimRecords();
    for (int index = 0; index < records.size(); index++) {
      output(stack, "RecordName" + index, records.get(index).getName());
      output(stack, "RecordValue" + index, records.get(index).getValue());
    }

    app.synth();
  }

  private static void output(Stack stack, String id, String value) {
    CfnOutput.Builder.create(stack, id).value(value).build();
  }
}
