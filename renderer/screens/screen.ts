/** What follows the name of a screen in the address. */
export interface ScreenProps {
  rest: readonly string[];
}
