// Plays one drawing: applies the rules of its parts (`data-b`, defined in views/article/scene.py) to
// the numbers of the model at a time that the reader picks or that runs. Asks nobody for anything.
const WHOLE_MS = 9000; // one run through all of its time
const JUMPS = 8; // stops of a run for readers who want no motion

function numbersAt(rule, value) {
  const { at, to } = rule;
  let i = 0;
  while (i < at.length - 2 && value > at[i + 1]) i += 1;
  if (at.length < 2) return to[0];
  const span = at[i + 1] - at[i];
  const part = span > 0 ? Math.min(1, Math.max(0, (value - at[i]) / span)) : value > at[i] ? 1 : 0;
  return to[i].map((low, k) => low + (to[i + 1][k] - low) * part);
}

function readRule(text) {
  const [attribute, track, ...steps] = text.split("|");
  const form = steps.length && steps.at(-1).startsWith("=") ? steps.pop().slice(1) : "%";
  const rows = steps.map((step) => step.split(" ").map(Number));
  return { attribute, track, form, at: rows.map((r) => r[0]), to: rows.map((r) => r.slice(1)) };
}

export default {
  template: `
    <figure class="hw-scene" :data-playing="playing">
      <div ref="stage" class="hw-stage" role="img" :aria-label="label" v-html="svg"></div>
      <p class="hw-say" data-say>{{ say }}</p>
      <div class="hw-run">
        <button type="button" class="hw-play" @click="toggle"
          :aria-label="(playing ? words.pause : words.play) + ' ' + name">
          <svg viewBox="0 0 24 24" aria-hidden="true"><path :d="icon"/></svg>
        </button>
        <div class="hw-time">
          <div ref="curve" class="hw-curves" v-html="curve"></div>
          <input type="range" min="0" :max="last" step="1" :value="Math.round(place)" @input="pick"
            :aria-label="words.slider" :aria-valuetext="say">
          <div class="hw-ends" aria-hidden="true"><span>{{ ends[0] }}</span><span>{{ ends[1] }}</span></div>
        </div>
      </div>
    </figure>`,
  props: {
    name: String,
    words: Object,
    label: String,
    svg: String,
    curve: String,
    tracks: Object,
    says: Array,
    ends: Array,
    start: Number,
  },
  data() {
    return { place: this.start, playing: false };
  },
  computed: {
    last() {
      return this.says.length - 1;
    },
    say() {
      return this.says[Math.round(this.place)] || "";
    },
    icon() {
      return this.playing ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M8 5l11 7-11 7z";
    },
  },
  watch: {
    svg: "renew",
    tracks: "renew",
    place: "draw",
  },
  mounted() {
    this.gather();
  },
  beforeUnmount() {
    this.stop();
  },
  methods: {
    // after a change of the plan the reader stays at the same time
    renew() {
      this.place = Math.min(this.place, this.last);
      this.$nextTick(this.gather);
    },
    gather() {
      const parts = [...this.$refs.stage.querySelectorAll("[data-b]")];
      parts.push(...this.$refs.curve.querySelectorAll("[data-b]"));
      this.parts = parts.map((part) => [part, part.dataset.b.split(";").map(readRule)]);
      this.draw();
    },
    valueOf(track) {
      const values = this.tracks[track];
      const i = Math.min(this.last - 1, Math.floor(this.place));
      const part = this.place - i;
      return values[i] + (values[Math.min(i + 1, this.last)] - values[i]) * part;
    },
    draw() {
      const values = {};
      for (const track of Object.keys(this.tracks)) values[track] = this.valueOf(track);
      for (const [part, rules] of this.parts || []) {
        for (const rule of rules) {
          const numbers = numbersAt(rule, values[rule.track]);
          let k = 0;
          const text = rule.form.replace(/%/g, () => Number(numbers[k++].toFixed(3)));
          part.setAttribute(rule.attribute, text);
        }
      }
    },
    pick(event) {
      this.stop();
      this.place = Number(event.target.value);
    },
    toggle() {
      if (this.playing) return this.stop();
      if (this.place >= this.last) this.place = 0;
      this.playing = true;
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        const jump = Math.ceil(this.last / JUMPS);
        this.timer = setInterval(() => this.go(this.place + jump), WHOLE_MS / JUMPS);
        return undefined;
      }
      let before = performance.now();
      const frame = (now) => {
        this.go(this.place + ((now - before) / WHOLE_MS) * this.last);
        before = now;
        if (this.playing) this.frame = requestAnimationFrame(frame);
      };
      this.frame = requestAnimationFrame(frame);
      return undefined;
    },
    go(place) {
      // a frame may be stamped before the button was pressed
      this.place = Math.min(Math.max(place, 0), this.last);
      if (this.place >= this.last) this.stop();
    },
    stop() {
      this.playing = false;
      cancelAnimationFrame(this.frame);
      clearInterval(this.timer);
    },
  },
};
