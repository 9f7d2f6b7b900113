export { checkDomain, InvalidOptionError, type CheckOptions } from './check';
export type { CheckId, CheckReport, Finding, Problem, Verdict } from './report';
export { formatReport, type FormatOptions } from './table';
