import { Button } from '@fluentui/react-components';
import { Component, type ReactNode } from 'react';
import { Empty } from '../parts/empty.tsx';
import { en } from '../text/en.ts';

interface Catching {
  broken: string | null;
  place: string;
}

/** A screen that breaks leaves the rest of the window standing, and is tried again at another place. */
export class ErrorCatcher extends Component<{ place: string; children: ReactNode }, Catching> {
  override state: Catching = { broken: null, place: this.props.place };

  static getDerivedStateFromProps(props: { place: string }, state: Catching): Catching | null {
    return props.place === state.place ? null : { broken: null, place: props.place };
  }

  static getDerivedStateFromError(error: unknown): Pick<Catching, 'broken'> {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.broken === null) return this.props.children;
    return (
      <Empty
        title={en.failure.screen}
        actions={<Button onClick={() => this.setState({ broken: null })}>{en.failure.again}</Button>}
      >
        {en.failure.unexpected(this.state.broken)}
      </Empty>
    );
  }
}
