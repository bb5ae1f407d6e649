type Input = Record<string, unknown>;

interface Page {
  items: { id: string }[];
  more: boolean;
}

/** Lists that come in pages, and are wanted whole unless somebody named a limit. */
const paged = new Set(['credentials.list']);
const perPage = 1000;

export function isPaged(path: string, input: Input): boolean {
  return paged.has(path) && input.limit === undefined;
}

/** One answer made of all pages. */
export async function everyPage(ask: (input: Input) => Promise<unknown>, input: Input): Promise<unknown> {
  const items: Page['items'] = [];
  for (let request: Input = { ...input, limit: perPage }; ; ) {
    const page = (await ask(request)) as Page;
    for (const item of page.items) items.push(item);
    const last = page.items.at(-1);
    if (!page.more || last === undefined) return { ...page, items, more: false };
    request = { ...request, after: last.id };
  }
}
