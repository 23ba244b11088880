// The chart that sites are put on. Points are millimetres of the picture; the server turns them
// into positions on the body. An edit shows at once and waits in `pending` until the server has
// received it; a copy in the session storage saves it when the connection is lost.
const PENDING = "endplate.edits";
const HALF = Math.sqrt(2 * Math.log(2));
const NINE_TENTHS = Math.sqrt(2 * Math.log(10));
const STILL_PX = 5; // a pointer that moved less than this has clicked
const DRAG_MS = 70; // how often the server hears of a dragged site
const MOST_ZOOM = 5;
const ZOOM_STEP = 1.5;

const within = (value, low, high) => Math.min(Math.max(value, low), high);

export default {
  template: `
    <div class="pl-chart">
      <div v-if="pictures.length > 1" class="pl-views" role="group" aria-label="Pictures">
        <button v-for="s in pictures" :key="s.key" type="button" :aria-pressed="s.key === picture.key"
          @click="open = s.key">{{ s.words }}<span v-if="count(s.key)"> ({{ count(s.key) }})</span></button>
      </div>
      <figure v-if="picture" ref="figure">
        <svg ref="svg" :viewBox="box.join(' ')" class="face filled pl-face" role="group"
          :class="{ zoomed: zoom > 1 }" :aria-label="picture.words + ': sites of the plan'"
          @pointerdown="down" @pointermove="move" @pointerup="up" @pointercancel="cancel"
          @touchstart="pinch" @touchmove="pinch" @wheel="wheel">
          <g v-html="picture.below"></g>
          <g class="pl-clouds">
            <g v-for="s in visible" :key="s.site" :class="{ on: s.site === chosen }"
              :transform="'translate(' + s.x + ' ' + s.y + ') rotate(' + s.turn + ')'">
              <ellipse class="pl-far" :rx="s.long * far" :ry="s.short * far" />
              <ellipse class="pl-near" :rx="s.long * near" :ry="s.short * near" />
            </g>
          </g>
          <g v-for="s in visible.filter((s) => s.dx || s.dy)" :key="'lead' + s.site" class="pl-clouds">
            <line class="lead" :x1="s.x" :y1="s.y" :x2="s.x + s.dx / zoom" :y2="s.y + s.dy / zoom" />
            <circle class="site" :cx="s.x" :cy="s.y" :r="1.3 * dot" />
          </g>
          <g v-for="s in visible" :key="s.site" :data-site="s.site" class="pl-site" role="button"
            :class="{ on: s.site === chosen, dragged: drag && drag.site === s.site }"
            :tabindex="s.site === stop ? 0 : -1" :aria-label="s.words" :aria-pressed="s.site === chosen"
            :transform="'translate(' + (s.x + s.dx / zoom) + ' ' + (s.y + s.dy / zoom) + ') scale(' + 1 / zoom + ')'"
            @focus="pad = true; choose(s.site); reveal(s)" @keydown="key($event, s)">
            <circle class="pl-hit" :r="8 * picture.scale" />
            <circle class="site" :r="s.r" />
            <text class="dose" text-anchor="middle" :y="size(s) * 0.36" :font-size="size(s)">{{ s.dose }}</text>
          </g>
        </svg>
        <div v-if="padded" class="pl-pad" role="group" aria-label="Dose of the site" :style="padAt"
          @keydown.escape="leave" @pointerdown.stop>
          <button type="button" aria-label="Fewer units" @click="more(padded, -1)">&minus;</button>
          <input inputmode="decimal" aria-label="Units" :value="typed ?? padded.dose" ref="units"
            @input="typed = $event.target.value" @keydown.enter="enter" @change="take_units">
          <span aria-hidden="true">U</span>
          <button type="button" aria-label="More units" @click="more(padded, 1)">+</button>
          <button type="button" aria-label="Remove the site" @click="remove(padded.site)">Remove</button>
        </div>
        <figcaption class="quiet pl-under">
          <span><template v-if="picture.ends[0]">&#8592; {{ picture.ends[0] }}</template></span>
          <div class="pl-zoom" role="group" aria-label="Size of the picture">
            <button type="button" aria-label="Enlarge the picture" :disabled="zoom >= most"
              @click="enlarge(step)">+</button>
            <button type="button" aria-label="Reduce the picture" :disabled="zoom <= 1"
              @click="enlarge(1 / step)">&minus;</button>
            <button type="button" aria-label="Whole picture" :disabled="zoom <= 1" @click="enlarge(0)">Whole</button>
          </div>
          <span><template v-if="picture.ends[1]">{{ picture.ends[1] }} &#8594;</template></span>
        </figcaption>
      </figure>
    </div>`,
  props: { pictures: Array, sites: Array, selected: Number, received: Number, dose: Number, whole: Boolean },
  data() {
    return { open: "", local: [], chosen: -1, drag: null, pending: [], sent: 0, lastDrag: 0,
      pad: false, typed: null, padAt: {}, near: HALF, far: NINE_TENTHS, most: MOST_ZOOM, step: ZOOM_STEP,
      zoom: 1, middle: null, fingers: null };
  },
  computed: {
    picture() {
      const match = this.pictures.find((s) => s.key === this.open);
      return match || this.pictures.find((s) => this.count(s.key)) || this.pictures[0];
    },
    visible() {
      return this.picture ? this.local.filter((s) => s.picture === this.picture.key) : [];
    },
    // the part of the picture that is shown, in its millimetres
    box() {
      if (!this.picture) return [0, 0, 1, 1];
      const [left, top, width, height] = this.picture.box;
      if (this.zoom === 1) return this.picture.box;
      const [x, y] = this.middle, [w, h] = [width / this.zoom, height / this.zoom];
      return [within(x - w / 2, left, left + width - w), within(y - h / 2, top, top + height - h), w, h];
    },
    // dots keep their size on the screen, so that neighbours part as the picture grows
    dot() {
      return this.picture.scale / this.zoom;
    },
    // the site that the pad is for: one that was chosen on the chart and is not being dragged
    padded() {
      const chosen = this.pad && !(this.drag && this.drag.far) && this.visible.find((s) => s.site === this.chosen);
      return chosen || null;
    },
    // the site that the tab key stops at; arrows of the page move on from there
    stop() {
      const here = this.visible.some((s) => s.site === this.chosen);
      return here ? this.chosen : (this.visible[0] || { site: -1 }).site;
    },
  },
  watch: {
    sites: { immediate: true, handler() { this.take(); } },
    selected: { immediate: true, handler(site) {
      if (site !== this.chosen) this.pad = false;
      this.chosen = site;
      this.turn();
    } },
    padded() { this.$nextTick(() => this.place()); },
    box() { this.$nextTick(() => this.place()); },
    "picture.key"() { this.zoom = 1; },
    chosen() { this.typed = null; },
    received(number) {
      this.pending = this.pending.filter((edit) => edit.n > number);
      this.persist();
      this.take();
    },
  },
  mounted() {
    window.endplateEdit = (edit) => this.send(edit);
  },
  unmounted() {
    delete window.endplateEdit;
  },
  methods: {
    // Open a picture that shows the chosen site.
    turn() {
      const on = this.sites.filter((s) => s.site === this.chosen).map((s) => s.picture);
      if (on.length && this.picture && !on.includes(this.picture.key)) this.open = on[0];
    },
    // The pad stands over its site, or under it where there is no room.
    place() {
      const s = this.padded, svg = this.$refs.svg, pad = this.$el.querySelector(".pl-pad");
      if (!s || !pad) return;
      const p = new DOMPoint(s.x + s.dx / this.zoom, s.y + s.dy / this.zoom).matrixTransform(svg.getScreenCTM());
      const frame = this.$refs.figure.getBoundingClientRect();
      const away = 10 * this.dot * svg.getScreenCTM().a + 8;
      const top = p.y - frame.top - away - pad.offsetHeight;
      const left = Math.min(Math.max(p.x - frame.left - pad.offsetWidth / 2, 2), frame.width - pad.offsetWidth - 2);
      this.padAt = { left: left + "px", top: (top < 2 ? p.y - frame.top + away : top) + "px" };
    },
    leave() {
      this.typed = null;
      this.pad = false;
      this.$refs.svg.querySelector('[data-site="' + this.chosen + '"]')?.focus({ preventScroll: true });
      this.$nextTick(() => { this.pad = false; });
    },
    enter(event) {
      this.take_units(event);
      this.focus(this.chosen);
    },
    take_units() {
      const dose_u = Number(String(this.typed ?? "").replace(",", "."));
      const s = this.padded;
      if (s && this.typed !== null && dose_u > 0) this.set(s, dose_u);
      this.typed = null;
    },
    set(s, dose_u) {
      s.dose_u = dose_u;
      s.dose = String(Math.round(dose_u * 100) / 100);
      this.send({ do: "dose", site: s.site, dose_u });
    },
    // One step of the dose, of whole units where doses are not small.
    more(s, by) {
      const step = s.dose_u < 10 ? (this.whole ? 1 : 0.5) : s.dose_u < 50 ? 1 : s.dose_u < 500 ? 5 : 50;
      const next = Math.max(step, s.dose_u + by * step);
      this.set(s, this.whole ? Math.max(1, Math.round(next)) : next);
    },
    // What the server says, unless edits of ours are still on their way.
    take() {
      if (!this.drag && !this.pending.length) this.local = this.sites.map((s) => ({ ...s }));
    },
    count(key) {
      return this.local.filter((s) => s.picture === key).length;
    },
    size(s) {
      return Math.min(1.21 * s.r, (3.2 * s.r) / s.dose.length);
    },
    point(event) {
      const p = new DOMPoint(event.clientX, event.clientY);
      return p.matrixTransform(this.$refs.svg.getScreenCTM().inverse());
    },
    // Show the picture so many times larger about a point of it, or whole where `by` is 0. The point
    // stays where it is on the screen: the site that is chosen, or the middle of what is shown.
    enlarge(by, about) {
      const [left, top, width, height] = this.box;
      const chosen = this.visible.find((s) => s.site === this.chosen);
      const at = about || (chosen && this.shows(chosen) ? chosen : { x: left + width / 2, y: top + height / 2 });
      const zoom = by && within(this.zoom * by, 1, MOST_ZOOM);
      const ratio = this.zoom / zoom;
      this.middle = [
        at.x + (left + width / 2 - at.x) * ratio,
        at.y + (top + height / 2 - at.y) * ratio,
      ];
      this.zoom = zoom > 1.02 ? zoom : 1;
    },
    // A site that is chosen comes into what is shown.
    reveal(s) {
      if (this.zoom > 1 && !this.shows(s)) this.middle = [s.x, s.y];
    },
    shows(s) {
      const [left, top, width, height] = this.box;
      return s.x > left && s.x < left + width && s.y > top && s.y < top + height;
    },
    // Move what is shown by millimetres of the picture.
    shift(dx, dy) {
      const [left, top, width, height] = this.box;
      this.middle = [left + width / 2 + dx, top + height / 2 + dy];
      const [x, y, w, h] = this.box;
      this.middle = [x + w / 2, y + h / 2]; // not past the edge, from where it would not come back
    },
    // Two fingers: the picture grows with their distance, and goes along with them.
    pinch(event) {
      if (event.touches.length < 2) {
        this.fingers = null;
        return;
      }
      event.preventDefault();
      if (this.drag) this.cancel();
      const [a, b] = event.touches;
      const now = {
        apart: Math.max(Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), 1),
        clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2,
      };
      if (this.fingers && event.type === "touchmove") {
        const was = this.point(this.fingers), is = this.point(now);
        if (this.zoom > 1) this.shift(was.x - is.x, was.y - is.y);
        this.enlarge(now.apart / this.fingers.apart, was);
      }
      this.fingers = now;
    },
    // A touchpad's pinch, or the wheel with Ctrl; the bare wheel scrolls the page.
    wheel(event) {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.enlarge(Math.exp(-event.deltaY / 200), this.point(event));
    },
    choose(site) {
      if (site === this.chosen) return;
      this.chosen = site;
      this.$emit("select", { site });
    },
    send(edit) {
      edit.n = ++this.sent;
      this.pending.push(edit);
      this.persist();
      this.$emit("edit", edit);
    },
    persist() {
      try {
        if (this.pending.length) sessionStorage.setItem(PENDING, JSON.stringify(this.pending));
        else sessionStorage.removeItem(PENDING);
      } catch {
        // without storage the edits wait in this page alone
      }
    },
    down(event) {
      if (event.button !== 0) return;
      if (!event.isPrimary) {
        this.cancel(); // a second finger: no tap and no drag
        return;
      }
      const held = event.target.closest("[data-site]");
      const p = this.point(event);
      const site = held ? Number(held.dataset.site) : -1;
      const dot = this.visible.find((s) => s.site === site);
      this.drag = { site, p, from: dot && { x: dot.x, y: dot.y }, x: event.clientX, y: event.clientY, far: false };
      if (!dot && this.zoom > 1) this.$refs.svg.setPointerCapture(event.pointerId);
      if (dot) {
        this.$refs.svg.setPointerCapture(event.pointerId);
        this.choose(site);
      }
    },
    move(event) {
      const d = this.drag;
      if (!d) return;
      d.far = d.far || Math.hypot(event.clientX - d.x, event.clientY - d.y) > STILL_PX;
      const dot = d.from && this.visible.find((s) => s.site === d.site);
      if (!d.far) return;
      const p = this.point(event);
      if (!d.from && this.zoom > 1) this.shift(d.p.x - p.x, d.p.y - p.y); // the picture is drawn along
      if (!dot) return;
      [dot.x, dot.y] = this.inside(d.from.x + p.x - d.p.x, d.from.y + p.y - d.p.y);
      if (event.timeStamp - this.lastDrag > DRAG_MS) {
        this.lastDrag = event.timeStamp;
        this.$emit("drag", { do: "move", site: d.site, view: this.picture.key, x: dot.x, y: dot.y });
      }
    },
    up(event) {
      const d = this.drag;
      this.drag = null;
      if (!d) return;
      const dot = d.from && this.visible.find((s) => s.site === d.site);
      if (dot && d.far) this.send({ do: "move", site: d.site, view: this.picture.key, x: dot.x, y: dot.y });
      else if (dot) this.focus(d.site);
      else if (!d.from && !d.far) this.add(this.point(event));
    },
    cancel() {
      this.drag = null;
      this.take();
    },
    inside(x, y) {
      const [left, top, width, height] = this.picture.box;
      const round = (v, low, high) => Math.round(Math.min(Math.max(v, low), high) * 100) / 100;
      return [round(x, left + 1, left + width - 1), round(y, top + 1, top + height - 1)];
    },
    add(p) {
      const [x, y] = this.inside(p.x, p.y);
      const site = this.local.reduce((most, s) => Math.max(most, s.site), -1) + 1;
      const like = { long: 6, short: 5, turn: 0, r: 4 * this.picture.scale, dx: 0, dy: 0 };
      const dose = String(Math.round(this.dose * 100) / 100);
      this.local.push({ ...like, site, picture: this.picture.key, x, y, dose, dose_u: this.dose, words: "new site" });
      this.chosen = site;
      this.send({ do: "add", view: this.picture.key, x, y, dose_u: this.dose });
      this.focus(site);
    },
    remove(site) {
      this.local = this.local.filter((s) => s.site !== site);
      for (const s of this.local) if (s.site > site) s.site -= 1;
      this.chosen = -1;
      this.send({ do: "remove", site });
    },
    focus(site) {
      this.$nextTick(() => this.$refs.svg.querySelector('[data-site="' + site + '"]')?.focus());
    },
    key(event, s) {
      const step = event.shiftKey ? 5 : 1;
      const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
      const more = { "+": 1, "=": 1, "-": -1 }[event.key];
      if (by) {
        [s.x, s.y] = this.inside(s.x + by[0], s.y + by[1]);
        this.reveal(s);
        this.send({ do: "move", site: s.site, view: this.picture.key, x: s.x, y: s.y });
      } else if (more) {
        this.more(s, more);
      } else if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && this.$refs.units) {
        this.typed = event.key; // a number is the dose: it goes into the pad
        this.$nextTick(() => {
          const field = this.$refs.units;
          field.focus();
          field.setSelectionRange(1, 1);
        });
      } else if (event.key === "z" || event.key === "Z") {
        if (event.ctrlKey || event.metaKey || event.altKey) return; // undo
        this.enlarge(event.shiftKey ? 1 / ZOOM_STEP : ZOOM_STEP, s);
      } else if (event.key === "Escape") {
        this.pad = false;
      } else if (event.key === "Delete" || event.key === "Backspace") {
        this.remove(s.site);
      } else if (event.key === "PageDown" || event.key === "PageUp") {
        const at = this.visible.findIndex((other) => other.site === s.site);
        const next = this.visible[(at + (event.key === "PageDown" ? 1 : -1) + this.visible.length) % this.visible.length];
        this.focus(next.site);
      } else {
        return;
      }
      event.preventDefault();
    },
  },
};
