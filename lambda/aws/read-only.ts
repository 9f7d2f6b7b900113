import type { InitializeMiddleware } from '@smithy/types';

/** A client of the SDK, of whatever service. */
interface Client {
  readonly middlewareStack: {
    add(middleware: InitializeMiddleware<object, object>, options: { readonly step: 'initialize' }): void;
  };
}

const READS = /^(Get|List|Describe)/;

/**
 * Has a client refuse whatever may change something. The function that looks after a stack is the one that deploys it,
 * with its permissions: a run that is only to look cannot do more, whatever is wrong with its code.
 */
export function readOnly<C>(client: C): C {
  const refuse: InitializeMiddleware<object, object> = (next, { commandName = '' }) => {
    if (!READS.test(commandName)) {
      throw new Error(`${commandName} may change something, and this run may only look`);
    }
    return next;
  };
  (client as Client).middlewareStack.add(refuse, { step: 'initialize' });
  return client;
}
