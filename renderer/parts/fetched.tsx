import { type ComponentType, useEffect, useState } from 'react';

type Load<P> = () => Promise<ComponentType<P>>;

function Nothing() {
  return null;
}

/**
 * A part whose code is fetched when it is first drawn, and there from then on; `Meanwhile` is drawn until it has come.
 * What could not be fetched is thrown where the part is drawn, and fetched again when it is drawn anew.
 * In place of React's `lazy`, which holds back for 300 ms what came right after something else was shown in its place:
 * a person waited for nothing at the first opening of every screen and dialog.
 */
export function fetched<P extends object>(load: Load<P>, Meanwhile: ComponentType = Nothing) {
  let there: ComponentType<P> | null = null;
  return function Fetched(props: P) {
    const [Part, setPart] = useState(() => there);
    const [failed, setFailed] = useState<{ error: unknown } | null>(null);
    useEffect(() => {
      if (there !== null) return;
      let drawn = true;
      load().then(
        (part) => {
          there = part;
          if (drawn) setPart(() => part);
        },
        (error: unknown) => {
          if (drawn) setFailed({ error });
        },
      );
      return () => {
        drawn = false;
      };
    }, []);
    if (failed !== null) throw failed.error;
    return Part === null ? <Meanwhile /> : <Part {...props} />;
  };
}
