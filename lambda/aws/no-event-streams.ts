/**
 * Takes the place of `@smithy/core/event-streams` in the bundle: no operation that the handler calls streams events.
 * The SDK would load it for one that does.
 */
export {};
