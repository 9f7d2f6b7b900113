#!/usr/bin/env python3
"""The whole main job, in Python: a domain that has a hosted zone of its own.

    pip install -r requirements.txt
    npx cdk synth

In an app of yours, `HostedZone.from_lookup(stack, "Zone", domain_name="example.com")` saves you the id
of the zone.
"""

from aws_cdk import App, CfnOutput, Environment, Stack
from aws_cdk.aws_route53 import HostedZone
from cdk_ses_easy_dkim import EasyDkimDomain

app = App()
stack = Stack(app, "Mail", env=Environment(account="111122223333", region="eu-west-1"))

hosted_zone = HostedZone.from_hosted_zone_attributes(
    stack,
    "Zone",
    hosted_zone_id="Z0123456789ABCDEFGHIJ",
    zone_name="example.com",
)
mail = EasyDkimDomain(stack, "Domain", hosted_zone=hosted_zone)

CfnOutput(stack, "From", value=f"no-reply@{mail.email_identity_name}")

app.synth()
