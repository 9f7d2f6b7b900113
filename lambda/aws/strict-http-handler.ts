import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What a service of AWS answers in. */
type Format = 'XML' | 'JSON';

/** An answer of something else that stands in the place of AWS, such as a proxy or an emulator. */
export const FOREIGN_ANSWER = 'ForeignAnswer';

/** How answers begin. The roots of AWS's XML are in camel case, those of HTML are not. */
const BEGINNING: Readonly<Record<Format, RegExp>> = {
  XML: /^(<\?xml[^>]*>\s*)?<[A-Z][A-Za-z0-9]*[a-z]/,
  JSON: /^\{/,
};

/**
 * Statuses by which a load balancer or gateway, AWS's own included, says that it has no server for the moment, or too
 * many requests. Any other answer that is not AWS's would be the same the next time.
 */
const PASSING = [429, 502, 503, 504];

/** How much of a page is read for its first words, and how much of those is told. */
const READ = 5_000;
const TOLD = 120;

type Options = ConstructorParameters<typeof NodeHttpHandler>[0];

/**
 * Fails calls that something else than AWS has answered, before the SDK reads the answer: it takes a page with status
 * 200 for a success where a call returns nothing, such as one that tags or deletes.
 */
export class StrictHttpHandler extends NodeHttpHandler {
  public constructor(
    private readonly format: Format,
    options: Options,
  ) {
    super(options);
  }

  public override async handle(...given: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(...given);
    const body = await buffer(response.body as Readable);
    const text = body.subarray(0, READ).toString().trim();
    if (text !== '' && !BEGINNING[this.format].test(text)) {
      throw new ForeignAnswer(response.statusCode, text);
    }
    response.body = body;
    return { response };
  }
}

class ForeignAnswer extends Error {
  public readonly name = FOREIGN_ANSWER;
  /** What the SDK's retry strategy goes by. */
  public readonly $metadata: { readonly httpStatusCode?: number };

  public constructor(status: number, text: string) {
    super(`HTTP ${status}: ${firstWords(text)}`);
    this.$metadata = PASSING.includes(status) ? { httpStatusCode: status } : {};
  }
}

function firstWords(text: string): string {
  const words = plain(text.replace(/<[^>]*>?/g, ' ')) || plain(text);
  return words.length > TOLD ? `${words.slice(0, TOLD)}…` : words;
}

/** Reasons are shown on terminals. */
function plain(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}
