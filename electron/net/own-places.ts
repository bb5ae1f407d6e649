/** Where a responder of this agent listens. */
export interface OwnPlace {
  readonly address: string;
  readonly port: number;
  /** What is answered there, and the setting of its authority that says which port it is. */
  readonly challenge: string;
  readonly setting: string;
}

/** Where all responders of one agent listen now: so that none takes another of them for a foreign program. */
export class OwnPlaces {
  readonly #places = new Set<OwnPlace>();

  add(place: OwnPlace): void {
    this.#places.add(place);
  }

  remove(place: OwnPlace): void {
    this.#places.delete(place);
  }

  /** Another one that keeps this one from listening: at its port, and at its address or at all. */
  inTheWayOf(place: OwnPlace): OwnPlace | undefined {
    const { address, port } = place;
    return [...this.#places].find(
      (one) =>
        one !== place &&
        one.port === port &&
        (one.address === address || isAll(one.address) || isAll(address)),
    );
  }
}

const isAll = (address: string): boolean => address === '0.0.0.0' || address === '::';
