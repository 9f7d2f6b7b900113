from aws_cdk import App, CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from cdk_ses_easy_dkim import (
    EasyDkimDelegationRole,
    EasyDkimDomain,
    EasyDkimFunctionOptions,
)

app = App(analytics_reporting=False)
stack = Stack(app, "Mail", env=Environment(account="111122223333", region="eu-west-1"))
hosted_zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")

plain = EasyDkimDomain(
    stack,
    "Plain",
    hosted_zone=hosted_zone,
    function_options=EasyDkimFunctionOptions(
        log_retention=logs.RetentionDays.ONE_YEAR,
        tracing=lambda_.Tracing.ACTIVE,
    ),
)

full = EasyDkimDomain(
    stack,
    "Full",
    hosted_zone=route53.HostedZone.from_hosted_zone_attributes(
        stack,
        "OtherZone",
        hosted_zone_id="Z0123456789ABCDEFGHIJ",
        zone_name="example.org",
    ),
    domain_name="mail.example.org",
    ttl=Duration.minutes(5),
    ses_region="us-east-1",
    replica_regions=["eu-north-1"],
    delegation_role=iam.Role.from_role_arn(
        stack, "Delegation", "arn:aws:iam::444455556666:role/mail-dkim-delegation"
    ),
    wait_for_verification=Duration.minutes(10),
    removal_policy=RemovalPolicy.RETAIN,
    take_ownership=True,
    signing_key_length=ses.EasyDkimSigningKeyLength.RSA_2048_BIT,
    overwrite_records=True,
    outputs=False,
    revision="2",
)

EasyDkimDelegationRole(
    stack,
    "WholeZone",
    hosted_zone=hosted_zone,
    assumed_by=iam.AccountPrincipal("444455556666"),
)

EasyDkimDelegationRole(
    stack,
    "OneDomain",
    hosted_zone=hosted_zone,
    assumed_by=iam.AccountPrincipal("444455556666"),
    domain_names=["mail.example.com", "news.example.com"],
    role_name="mail-dkim-delegation",
)

sender = iam.Role(
    stack, "Sender", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
)
plain.grant_send_email(sender)
plain.grant_send_email(iam.AccountPrincipal("444455556666"))
plain.add_to_resource_policy(
    iam.PolicyStatement(
        actions=["ses:SendEmail"],
        principals=[iam.OrganizationPrincipal("o-1234567890")],
    )
)
full.grant(sender, "ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail")

attributes = {
    "DomainName": full.domain_name,
    "IdentityName": full.email_identity_name,
    "IdentityArn": full.email_identity_arn,
    "Status": full.verification_status,
}
for id, value in attributes.items():
    CfnOutput(stack, id, value=value)
for index, token in enumerate(full.dkim_tokens):
    CfnOutput(stack, f"Token{index}", value=token)
for index, record in enumerate(full.dkim_records):
    CfnOutput(stack, f"RecordName{index}", value=record.name)
    CfnOutput(stack, f"RecordValue{index}", value=record.value)

app.synth()
