/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the bundle. Lambda gives the credentials of
 * the role in the environment; the rest of that chain (profiles, single sign-on, instance metadata, …)
 * has no use there and would be a seventh of the bundle.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-providers';
