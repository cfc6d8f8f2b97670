import { Card } from './card.js';
import { el, setText } from './dom.js';
import { Tile } from './tile.js';

/** So many charts are open by themselves, until somebody opens or closes one. Of hundreds of topics the tiles come first. */
const OPEN_AT_FIRST = 8;
const OPEN_OF_MANY = 3;
const MAX_OPEN = 40;
/** Tiles of larger groups are smaller. */
const MANY = 24;

/** All topics in their groups: a tile for each, and a card for each that is open. */
export class Board {
  #root;
  #context;
  #frames;
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Map<string, Card>} */
  #cards = new Map();
  #groups = new Map();
  #isUntouched = true;
  #search = '';
  shown = 0;

  constructor(root, context, frames) {
    this.#root = root;
    this.#context = context;
    this.#frames = frames;
  }

  get open() {
    return [...this.#cards.values()].map(({ topic }) => topic);
  }

  /** Topics, or what describes them, have changed. */
  update() {
    const sorted = this.#sorted();
    for (const { topic } of sorted) {
      if (!this.#tiles.has(topic.name)) this.#addTile(topic);
    }
    if (this.#isUntouched) {
      const wanted = sorted.slice(0, sorted.length > MANY ? OPEN_OF_MANY : OPEN_AT_FIRST).map(({ topic }) => topic);
      for (const { topic } of [...this.#cards.values()]) if (!wanted.includes(topic)) this.#close(topic.name);
      for (const topic of wanted) this.#open(topic);
    }
    this.#arrange(sorted);
  }

  describe() {
    for (const tile of this.#tiles.values()) tile.describe();
    for (const card of this.#cards.values()) card.describe();
    this.update();
  }

  search(words) {
    this.#search = words.trim().toLowerCase();
    this.update();
  }

  recolour() {
    for (const card of this.#cards.values()) card.recolour();
    this.#frames.redraw();
  }

  #sorted() {
    const topics = [...this.#context.store.topics.values()].map((topic) => ({ topic, ...this.#context.descriptions.topic(topic.name) }));
    const first = new Map();
    for (const { group, order } of topics) first.set(group, Math.min(first.get(group) ?? Infinity, order));
    const compare = (a, b) => a.localeCompare(b, 'en', { numeric: true });
    return topics
      .filter((one) => this.#matches(one))
      .sort((a, b) => first.get(a.group) - first.get(b.group) || compare(a.group, b.group) || a.order - b.order || compare(a.topic.name, b.topic.name));
  }

  #matches({ topic, title, group }) {
    const all = `${topic.name} ${title} ${group}`.toLowerCase();
    return this.#search.split(/\s+/).every((word) => all.includes(word));
  }

  #addTile(topic) {
    const tile = new Tile(topic, this.#context, () => this.#toggle(topic));
    this.#tiles.set(topic.name, tile);
    this.#frames.add(tile.element, tile);
  }

  #toggle(topic) {
    this.#isUntouched = false;
    if (this.#cards.has(topic.name)) this.#close(topic.name);
    else this.#open(topic);
    this.update();
    this.#cards.get(topic.name)?.element.scrollIntoView({ block: 'nearest' });
  }

  #open(topic) {
    if (this.#cards.has(topic.name)) return;
    // The one that has been open for longest makes room.
    if (this.#cards.size >= MAX_OPEN) this.#close(this.#cards.keys().next().value);
    const card = new Card(topic, this.#context, () => this.#toggle(topic));
    this.#cards.set(topic.name, card);
    this.#tiles.get(topic.name).open = true;
    this.#frames.add(card.element, card);
  }

  #close(name) {
    const card = this.#cards.get(name);
    this.#cards.delete(name);
    this.#tiles.get(name).open = false;
    this.#frames.remove(card.element);
    card.destroy();
  }

  #arrange(sorted) {
    const groups = new Map();
    for (const { topic, group } of sorted) groups.set(group, [...(groups.get(group) ?? []), topic.name]);
    for (const [group, names] of groups) this.#fill(this.#group(group), names);
    for (const [name, { section }] of this.#groups) if (!groups.has(name)) section.remove();
    place(this.#root, [...groups.keys()].map((name) => this.#groups.get(name).section));
    this.shown = sorted.length;
  }

  #group(name) {
    if (!this.#groups.has(name)) {
      const count = el('span', { class: 'count' });
      const tiles = el('div', { class: 'tiles' });
      const cards = el('div', { class: 'cards' });
      const section = el('section', { class: 'group', 'aria-label': name }, el('h2', {}, name, count), tiles, cards);
      this.#groups.set(name, { section, count, tiles, cards });
    }
    return this.#groups.get(name);
  }

  #fill({ section, count, tiles, cards }, names) {
    const isMany = names.length > MANY;
    setText(count, names.length > 1 ? ` ${names.length} topics` : '');
    tiles.classList.toggle('is-many', isMany);
    // Behind hundreds of tiles nobody would see them.
    place(section, [section.firstChild, ...(isMany ? [cards, tiles] : [tiles, cards])]);
    place(tiles, names.map((name) => this.#tiles.get(name).element));
    const open = names.filter((name) => this.#cards.has(name)).map((name) => this.#cards.get(name).element);
    place(cards, open);
    cards.hidden = !open.length;
  }
}

/** Brings children into an order, and moves only what is elsewhere: a node that is moved loses its focus. */
function place(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}
