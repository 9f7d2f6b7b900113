package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-ses-easy-dkim/cdk-ses-easy-dkim-go/cdkseseasydkim"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	stack := awscdk.NewStack(app, jsii.String("Mail"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})
	hostedZone := awsroute53.NewPublicHostedZone(stack, jsii.String("Zone"), &awsroute53.PublicHostedZoneProps{
		ZoneName: jsii.String("example.com"),
	})

	plain := cdkseseasydkim.NewEasyDkimDomain(stack, jsii.String("Plain"), &cdkseseasydkim.EasyDkimDomainProps{
		HostedZone: hostedZone,
		FunctionOptions: &cdkseseasydkim.EasyDkimFunctionOptions{
			LogRetention: awslogs.RetentionDays_ONE_YEAR,
			Tracing:      awslambda.Tracing_ACTIVE,
		},
	})

	otherZone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("OtherZone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789ABCDEFGHIJ"),
		ZoneName:     jsii.String("example.org"),
	})
	delegation := jsii.String("arn:aws:iam::444455556666:role/mail-dkim-delegation")
	full := cdkseseasydkim.NewEasyDkimDomain(stack, jsii.String("Full"), &cdkseseasydkim.EasyDkimDomainProps{
		HostedZone:          otherZone,
		DomainName:          jsii.String("mail.example.org"),
		Ttl:                 awscdk.Duration_Minutes(jsii.Number(5)),
		SesRegion:           jsii.String("us-east-1"),
		ReplicaRegions:      jsii.Strings("eu-north-1"),
		DelegationRole:      awsiam.Role_FromRoleArn(stack, jsii.String("Delegation"), delegation, nil),
		WaitForVerification: awscdk.Duration_Minutes(jsii.Number(10)),
		RemovalPolicy:       awscdk.RemovalPolicy_RETAIN,
		TakeOwnership:       jsii.Bool(true),
		SigningKeyLength:    awsses.EasyDkimSigningKeyLength_RSA_2048_BIT,
		OverwriteRecords:    jsii.Bool(true),
		Outputs:             jsii.Bool(false),
		Revision:            jsii.String("2"),
	})

	cdkseseasydkim.NewEasyDkimDelegationRole(stack, jsii.String("WholeZone"), &cdkseseasydkim.EasyDkimDelegationRoleProps{
		HostedZone: hostedZone,
		AssumedBy:  awsiam.NewAccountPrincipal(jsii.String("444455556666")),
	})

	cdkseseasydkim.NewEasyDkimDelegationRole(stack, jsii.String("OneDomain"), &cdkseseasydkim.EasyDkimDelegationRoleProps{
		HostedZone:  hostedZone,
		AssumedBy:   awsiam.NewAccountPrincipal(jsii.String("444455556666")),
		DomainNames: jsii.Strings("mail.example.com", "news.example.com"),
		RoleName:    jsii.String("mail-dkim-delegation"),
	})

	sender := awsiam.NewRole(stack, jsii.String("Sender"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	plain.GrantSendEmail(sender)
	plain.GrantSendEmail(awsiam.NewAccountPrincipal(jsii.String("444455556666")))
	plain.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:    jsii.Strings("ses:SendEmail"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewOrganizationPrincipal(jsii.String("o-1234567890"))},
	}))
	full.Grant(sender, jsii.String("ses:SendTemplatedEmail"), jsii.String("ses:SendBulkTemplatedEmail"))

	output := func(id string, value *string) {
		awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Value: value})
	}
	output("DomainName", full.DomainName())
	output("IdentityName", full.EmailIdentityName())
	output("IdentityArn", full.EmailIdentityArn())
	output("Status", full.VerificationStatus())
	for index, token := range *full.DkimTokens() {
		output(fmt.Sprintf("Token%d", index), token)
	}
	for index, record := range *full.DkimRecords() {
		output(fmt.Sprintf("RecordName%d", index), record.Name)
		output(fmt.Sprintf("RecordValue%d", index), record.Value)
	}

	app.Synth(nil)
}
