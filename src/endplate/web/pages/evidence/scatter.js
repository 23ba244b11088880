// Predicted against published, one square plot a panel. A plot is one stop of the Tab key: arrows,
// Home and End go from point to point, Enter opens one. A pointer takes the nearest point.
const LEFT = 50, RIGHT = 14, TOP = 12, BOTTOM = 46, NEAR = 26;

export default {
  template: `
  <div class="ev-plots" ref="plots">
    <figure v-for="(panel, p) in panels" :key="panel.name" class="ev-plot">
      <figcaption>{{ panel.name }} <span class="quiet">{{ panel.points.length }}{{ panel.rooted ? ", square-root axes" : "" }}</span></figcaption>
      <div class="ev-canvas">
        <svg :width="size.w" :height="size.h" :viewBox="'0 0 ' + size.w + ' ' + size.h" role="group"
             :aria-label="panel.summary" @pointermove="hover(p, $event)" @pointerleave="near = null"
             @click="click(p, $event)" :class="{ hit: near && near.p === p }">
          <g aria-hidden="true">
            <g v-for="m in panel.marks">
              <line class="grid" :x1="X(panel, m.at)" :x2="X(panel, m.at)" :y1="top" :y2="size.h - bottom"/>
              <line class="grid" :x1="left" :x2="size.w - right" :y1="Y(panel, m.at)" :y2="Y(panel, m.at)"/>
              <text class="tick" text-anchor="middle" :x="X(panel, m.at)" :y="size.h - bottom + 17">{{ m.words }}</text>
              <text class="tick" text-anchor="end" :x="left - 7" :y="Y(panel, m.at) + 4">{{ m.words }}</text>
            </g>
            <text class="tick" text-anchor="middle" :x="(left + size.w - right) / 2" :y="size.h - 8">published, {{ panel.unit }}</text>
            <text class="tick" text-anchor="middle" :transform="'translate(13 ' + (top + size.h - bottom) / 2 + ') rotate(-90)'">predicted, {{ panel.unit }}</text>
            <line class="ev-same" :x1="X(panel, low(panel))" :y1="Y(panel, low(panel))" :x2="X(panel, high(panel))" :y2="Y(panel, high(panel))"/>
            <line v-for="point in panel.points" :key="point.id" class="ev-bar" :class="{ out: point.out, on: on(p, point) }"
                  :x1="X(panel, point.at)" :x2="X(panel, point.at)" :y1="Y(panel, point.low)" :y2="Y(panel, point.high)"/>
          </g>
          <g v-for="(point, i) in panel.points" :key="point.id" role="button" class="ev-point"
             :class="[point.kind, { out: point.out, open: point.open, on: on(p, point) }]"
             :transform="'translate(' + X(panel, point.at) + ' ' + Y(panel, point.is) + ')'"
             :tabindex="i === stop(p) ? 0 : -1" :aria-label="point.words" :data-figure="point.id"
             :aria-pressed="point.id === selected ? 'true' : 'false'"
             @focus="focused(p, i)" @blur="near = null" @keydown="key(p, i, $event)">
            <circle v-if="point.out" class="ev-out" r="8"/>
            <circle class="ev-ring" r="11"/>
            <path v-if="point.placebo" class="ev-mark" d="M0-5.6L5.6 0 0 5.6-5.6 0z"/>
            <circle v-else class="ev-mark" r="4.4"/>
          </g>
        </svg>
        <div v-if="near && near.p === p" class="ev-tip" aria-hidden="true" :style="place(p)">{{ panel.points[near.i].words }}</div>
      </div>
    </figure>
  </div>`,
  props: { panels: Array, selected: Number },
  data() {
    return { size: { w: 340, h: 300 }, at: {}, near: null, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM };
  },
  mounted() {
    this.watching = new ResizeObserver(() => this.measure());
    this.watching.observe(this.$refs.plots);
    this.measure();
  },
  unmounted() {
    this.watching.disconnect();
  },
  watch: {
    panels() {
      this.at = {};
      this.near = null;
      this.$nextTick(this.measure);
    },
  },
  methods: {
    measure() {
      const first = this.$refs.plots?.querySelector(".ev-canvas");
      const w = Math.floor(first?.clientWidth || 0);
      if (w > 0) this.size = { w, h: Math.round(Math.min(w * 0.88, 440)) };
    },
    low: (panel) => panel.marks[0].at,
    high: (panel) => panel.marks[panel.marks.length - 1].at,
    share(panel, value) {
      const low = this.low(panel), high = this.high(panel);
      const part = (Math.min(Math.max(value, low), high) - low) / (high - low);
      return panel.rooted ? Math.sqrt(part) : part;
    },
    X(panel, value) {
      return +(LEFT + this.share(panel, value) * (this.size.w - LEFT - RIGHT)).toFixed(1);
    },
    Y(panel, value) {
      return +(this.size.h - BOTTOM - this.share(panel, value) * (this.size.h - TOP - BOTTOM)).toFixed(1);
    },
    on(p, point) {
      return point.id === this.selected || (this.near?.p === p && this.panels[p].points[this.near.i].id === point.id);
    },
    stop(p) {
      const index = this.panels[p].points.findIndex((point) => point.id === this.selected);
      return this.at[p] ?? (index < 0 ? 0 : index);
    },
    focused(p, i) {
      this.at = { ...this.at, [p]: i };
      this.near = { p, i };
    },
    nearest(p, event) {
      const panel = this.panels[p], box = event.currentTarget.getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top;
      let best = -1, least = NEAR * NEAR;
      panel.points.forEach((point, i) => {
        const away = (this.X(panel, point.at) - x) ** 2 + (this.Y(panel, point.is) - y) ** 2;
        if (away < least) [best, least] = [i, away];
      });
      return best;
    },
    hover(p, event) {
      const i = this.nearest(p, event);
      this.near = i < 0 ? null : { p, i };
    },
    click(p, event) {
      const i = this.nearest(p, event);
      if (i >= 0) this.go(p, i, true);
    },
    key(p, i, event) {
      const last = this.panels[p].points.length - 1;
      const to = { ArrowRight: i + 1, ArrowUp: i + 1, ArrowLeft: i - 1, ArrowDown: i - 1, Home: 0, End: last }[event.key];
      if (event.key === "Enter" || event.key === " ") this.go(p, i, true);
      else if (to !== undefined) this.go(p, Math.min(Math.max(to, 0), last), false);
      else return;
      event.preventDefault();
    },
    // The point gets the focus before anything opens, so that closing leads back to it.
    go(p, i, open) {
      const id = this.panels[p].points[i].id;
      this.$refs.plots.querySelector('.ev-point[data-figure="' + id + '"]').focus({ preventScroll: open });
      if (open) this.$emit("open", id);
    },
    place(p) {
      const panel = this.panels[p], point = panel.points[this.near.i];
      const x = this.X(panel, point.at), y = this.Y(panel, point.is);
      const side = x > this.size.w / 2 ? { right: this.size.w - x + 14 + "px" } : { left: x + 14 + "px" };
      return { ...side, ...(y > this.size.h / 2 ? { bottom: this.size.h - y + 10 + "px" } : { top: y + 10 + "px" }) };
    },
  },
};
