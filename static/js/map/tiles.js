// The picture of a large hall, cut into tiles. A tile is painted once and copied while somebody pans, so that a frame
// costs the same whether 50 seats are seen or 20,000. While somebody zooms, tiles of the scale before are stretched;
// once the scale rests they are painted anew, a few a frame.

const TILE = 512;
const MOST_TILES = 64;
// Milliseconds for painting within one frame, of the 16 there are.
const PAINT_MS = 5;
const REST_MS = 120;

export class Tiles {
  // `paint(context, area, scale)` paints what lies in an area of the drawing; `changed()` asks for another frame.
  constructor({ size, paint, changed }) {
    Object.assign(this, { size, paint, changed });
    this.tiles = new Map();
    this.scale = 0;
    this.resting = 0;
  }

  // Pixels of the screen a unit of the drawing has.
  setScale(scale) {
    if (this.scale === 0) this.scale = scale;
    this.wanted = scale;
    clearTimeout(this.resting);
    if (scale === this.scale) return;
    this.resting = setTimeout(() => {
      this.clear();
      this.scale = this.wanted;
      this.changed();
    }, REST_MS);
  }

  clear() {
    this.tiles.clear();
  }

  // What lies here, in units of the drawing, looks different now.
  dirty({ x, y, width, height }) {
    const tile = TILE / this.scale;
    for (let row = Math.floor(y / tile); row <= Math.floor((y + height) / tile); row += 1) {
      for (let column = Math.floor(x / tile); column <= Math.floor((x + width) / tile); column += 1) {
        const found = this.tiles.get(`${column} ${row}`);
        if (found) found.dirty = true;
      }
    }
  }

  // Copy what is seen: the drawing's point `left`, `top` lies in the corner of the context. Whether all is there.
  draw(context, { left, top, width, height }) {
    const stretched = this.wanted / this.scale;
    const side = TILE * stretched;
    const until = performance.now() + PAINT_MS;
    let complete = true;
    for (let row = Math.max(0, Math.floor(top / side)); row * side < Math.min(top + height, this.size.height * this.wanted); row += 1) {
      for (let column = Math.max(0, Math.floor(left / side)); column * side < Math.min(left + width, this.size.width * this.wanted); column += 1) {
        const tile = this.#tile(column, row, performance.now() < until);
        if (tile && !tile.dirty) {
          context.drawImage(tile.picture, Math.round(column * side - left), Math.round(row * side - top), Math.ceil(side), Math.ceil(side));
        } else complete = false;
      }
    }
    return complete;
  }

  // A tile as it should be, if there is time to paint it, or as it was.
  #tile(column, row, mayPaint) {
    const key = `${column} ${row}`;
    let tile = this.tiles.get(key);
    if (tile) {
      // Used last, thrown away last.
      this.tiles.delete(key);
      this.tiles.set(key, tile);
      if (!tile.dirty) return tile;
    }
    if (!mayPaint) return tile;
    if (!tile) {
      tile = { picture: new OffscreenCanvas(TILE, TILE) };
      this.tiles.set(key, tile);
      if (this.tiles.size > MOST_TILES) this.tiles.delete(this.tiles.keys().next().value);
    }
    const context = tile.picture.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, TILE, TILE);
    const side = TILE / this.scale;
    context.setTransform(this.scale, 0, 0, this.scale, -column * TILE, -row * TILE);
    this.paint(context, { left: column * side, top: row * side, right: (column + 1) * side, bottom: (row + 1) * side }, this.scale);
    tile.dirty = false;
    return tile;
  }
}
