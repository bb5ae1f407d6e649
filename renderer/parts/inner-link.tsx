import { Link } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { link } from '../bridge/location.ts';

interface InnerLinkProps {
  place: readonly string[];
  /** Besides: what is in the way is to close. */
  onOpen?: (() => void) | undefined;
  children: ReactNode;
}

/** A link to another place of the window. */
export function InnerLink({ place, onOpen, children }: InnerLinkProps) {
  return (
    <Link href={link(...place)} {...(onOpen === undefined ? {} : { onClick: onOpen })}>
      {children}
    </Link>
  );
}
