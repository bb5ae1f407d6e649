import { Fragment } from 'react';

/** Names and paths break at their own seams before they break within a word. */
export function Soft({ text }: { text: string }) {
  const pieces = text.split(/(?<=[.@/_:])(?=\w)/);
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other identity and never move
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {piece}
    </Fragment>
  ));
}
