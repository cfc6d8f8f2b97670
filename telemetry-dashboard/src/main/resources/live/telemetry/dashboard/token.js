const STORED = 'telemetry.token';

/** The token of this tab. It comes in the fragment, which goes to no server, and is taken out of the address and the history at once. */
export class Token {
  #onGiven;

  constructor(onGiven) {
    this.#onGiven = onGiven;
    this.#takeFromAddress();
    addEventListener('hashchange', () => this.#takeFromAddress() && this.#onGiven());
  }

  #takeFromAddress() {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (!given) return false;
    this.set(given);
    history.replaceState(history.state, '', location.pathname + location.search);
    return true;
  }

  get() {
    return sessionStorage.getItem(STORED) ?? undefined;
  }

  set(token) {
    sessionStorage.setItem(STORED, token.trim());
  }
}
