export { checkDomain } from './check';
export { InvalidOptionError, type CheckOptions } from './check-options';
export type { CheckId, CheckReport, Finding, Problem, Verdict } from './report';
export { formatReport, type FormatOptions } from './table';
