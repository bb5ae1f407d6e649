import { Button } from '@fluentui/react-components';
import { Component, type ReactNode } from 'react';
import { Empty } from '../parts/empty.tsx';
import { en } from '../text/en.ts';

/** A screen that breaks leaves the rest of the window standing. */
export class ErrorCatcher extends Component<{ children: ReactNode }, { broken: string | null }> {
  override state = { broken: null as string | null };

  static getDerivedStateFromError(error: unknown): { broken: string } {
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
