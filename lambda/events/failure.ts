/** A failure told to the user: its message says what is wrong and what to do. */
export class Failure extends Error {
  public readonly name = 'Failure';
}

/** A call to AWS that failed for good, after the retries. */
export class AwsCallFailure extends Failure {
  public constructor(
    message: string,
    /** The error code of AWS, or the SDK's or Node's name for what went wrong on the way there. */
    public readonly code: string,
    /** How often the call was tried. With more than one, an earlier try may have taken effect. */
    public readonly attempts: number,
  ) {
    super(message);
  }
}

/** What a user is told of an error: anything but a failure is a fault of this code. */
export function describeError(error: unknown): string {
  return error instanceof Failure ? error.message : `unexpected error, please report it: ${String(error)}`;
}
