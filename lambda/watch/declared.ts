import { DECLARED } from '../../lib/shared/metrics';
import { recordOptions } from '../../lib/shared/mail-records';
import type { ResourceStatus } from '../aws/cloudformation';
import type { DomainState, SettingsState } from '../domain/physical-id';
import { DomainConfig, parseConfig } from '../domain/config';
import type { CustomResourceEvent } from '../events/event';
import { Failure } from '../events/failure';
import { parseSettings, SettingsConfig } from '../settings/config';

/**
 * What a resource of the stack was deployed with: the properties that the construct puts into its `Metadata` beside those
 * for the handler, where there is a watch. CloudFormation has resolved the references in them.
 *
 * AWS documents that for every resource, and says nothing of custom ones apart. So what is read here has to agree with
 * the physical id, and where it does not, or is not there, nothing is concluded from it.
 *
 * @throws Failure
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html
 */
export function declaredDomain(view: ResourceStatus, state: DomainState): DomainConfig {
  const config = parseConfig(readDeclared(view));
  const isSame = (['domainName', 'region', 'zoneId'] as const).every((name) => config[name] === state[name]);
  const options = recordOptions((option) => config[option]);
  const hasSameRecords = Object.entries(options).every(
    ([option, value]) => state[option as keyof DomainState] === value,
  );
  if (!isSame || (state.zoneId !== undefined && !hasSameRecords)) {
    throw new Failure(DISAGREES);
  }
  return config;
}

/** @throws Failure */
export function declaredSettings(view: ResourceStatus, state: SettingsState): SettingsConfig {
  const config = parseSettings(readDeclared(view));
  if (config.domainName !== state.domainName || config.region !== state.region) {
    throw new Failure(DISAGREES);
  }
  return config;
}

const DISAGREES = 'the Metadata that CloudFormation shows is of another deployment than the physical id';

function readDeclared({ metadata = '{}' }: ResourceStatus): CustomResourceEvent['ResourceProperties'] {
  const declared = (parseJson(metadata) as { readonly [DECLARED]?: unknown } | null)?.[DECLARED];
  if (typeof declared !== 'object' || declared === null) {
    throw new Failure('CloudFormation does not show the Metadata of the resource');
  }
  return declared as CustomResourceEvent['ResourceProperties'];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
