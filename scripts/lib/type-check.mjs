import ts from 'typescript';
import { Problem } from './problem.mjs';

const OPTIONS = {
  module: ts.ModuleKind.Node16,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
};
const OURS = '/node_modules/cdk-ses-easy-dkim/';

/** Checks the types of an app and of our declarations. Those of the CDK are many, and not ours to check. */
export function typeCheck(app) {
  const program = ts.createProgram([app], OPTIONS);
  const files = program.getSourceFiles().filter(({ fileName }) => fileName === app || fileName.includes(OURS));
  const problems = files.flatMap((file) => program.getSemanticDiagnostics(file));
  if (files.length < 2 || problems.length > 0) {
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => '', getNewLine: () => '\n' };
    throw new Problem(`The types of ${app} are wrong.`, ts.formatDiagnostics(problems, host));
  }
}
