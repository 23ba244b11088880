// Lets the weeks go by: holds the pictures (its slot) and moves their parts from week to week.
// Everything that moves came with the last result, so no connection is needed to look at a week.
const WEEKS_PER_S = 4;
const EASE_MS = 320;
const FACES = ["frown", "spasm"]; // actions of a face alone: there the choice of side effects stays
const STEP_MS = 650; // a week of a play in steps, with reduced motion

export default {
  template: `
  <div class="fc-stage">
    <div class="fc-asked" v-if="asks.length > 1">
      <fieldset v-if="asks.length > 1">
        <legend>The drawn person is</legend>
        <label v-for="[code, words] in asks" :key="code">
          <input type="radio" :name="groupName + '-ask'" :value="code" v-model="ask"><span>{{ words }}</span>
        </label>
      </fieldset>
      <fieldset v-if="isFace">
        <legend>Side effect drawn</legend>
        <label><input type="radio" :name="groupName + '-case'" value="" v-model="sideEffect"><span>none, as in the middle person</span></label>
        <label v-for="[code, words] in cases" :key="code">
          <input type="radio" :name="groupName + '-case'" :value="code" v-model="sideEffect"><span>{{ words }}</span>
        </label>
      </fieldset>
    </div>
    <div class="fc-looks" ref="looks"><slot></slot></div>
    <div class="fc-run">
      <button type="button" class="fc-play" :aria-label="playing ? 'Pause' : 'Play the weeks'" @click="toggle">
        <svg viewBox="0 0 24 24" aria-hidden="true"><path :d="playing ? 'M6 4h4v16H6zM14 4h4v16h-4z' : 'M7 4l13 8-13 8z'"/></svg>
      </button>
      <div class="fc-slide">
        <input type="range" min="0" :max="weeks" step="1" :value="week" aria-label="Week after the treatment"
          :aria-valuetext="said" @input="slide" @change="remember">
        <div class="fc-ticks" aria-hidden="true"><span v-for="w in ticks" :key="w" :style="{ left: 100 * w / weeks + '%' }">{{ w }}</span></div>
      </div>
      <output class="fc-week">Week <b>{{ week }}</b></output>
    </div>
    <p class="fc-said" :aria-live="playing ? 'off' : 'polite'">{{ said }}.</p>
  </div>`,
  props: { stages: Array, at: Number, version: Number },
  data() {
    return { time: null, ask: null, sideEffect: "", playing: false, groupName: "fc" + this.$.uid };
  },
  computed: {
    lead() {
      return this.stages[this.at || 0] || { weeks: 1, first: 0, asks: [], cases: [], spoken: [] };
    },
    weeks() {
      return Math.max(1, ...this.stages.map((s) => s.weeks));
    },
    week() {
      return Math.round(this.time ?? 0);
    },
    asks() {
      return once(this.stages.flatMap((s) => s.asks));
    },
    cases() {
      const cases = once(this.stages.flatMap((s) => s.cases));
      return this.stages.length < 2 ? cases : cases.map(([code, words]) => [code, words.split(":")[0]]);
    },
    isFace() {
      return this.cases.length > 0 || this.asks.some(([code]) => FACES.includes(code));
    },
    said() {
      return this.lead.spoken[Math.min(this.week, this.lead.spoken.length - 1)] || "Week " + this.week;
    },
    ticks() {
      const step = this.weeks > 26 ? 8 : 4;
      return Array.from({ length: Math.floor(this.weeks / step) + 1 }, (_, i) => i * step);
    },
  },
  mounted() {
    const week = parseInt(new URLSearchParams(location.search).get("week"), 10);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.narrow = matchMedia("(max-width: 760px)");
    this.tell = () => this.$emit("size", { narrow: this.narrow.matches });
    this.narrow.addEventListener("change", this.tell);
    this.tell();
    this.startWeek = Number.isFinite(week) ? week : null;
    // pictures may be replaced by another result: find the parts again and paint them
    this.seen = new MutationObserver((changes) => {
      if (changes.some(({ target }) => !target.closest("[data-part]"))) this.find();
    });
    this.seen.observe(this.$refs.looks, { childList: true, subtree: true });
    this.take();
  },
  beforeUnmount() {
    this.narrow.removeEventListener("change", this.tell);
    this.seen.disconnect();
    cancelAnimationFrame(this.frame);
  },
  watch: {
    version: { handler: "take", flush: "post" },
    ask: "ease",
    sideEffect: "ease",
  },
  methods: {
    take() {
      if (!this.stages.length) return;
      if (this.time === null) this.time = this.startWeek ?? this.lead.first;
      this.time = Math.min(Math.max(this.time, 0), this.weeks);
      if (!this.asks.some(([code]) => code === this.ask)) this.ask = this.asks.length ? this.asks[0][0] : null;
      if (!this.cases.some(([code]) => code === this.sideEffect)) this.sideEffect = "";
      this.find();
      this.$el.dataset.version = this.version;
    },
    find() {
      const looks = this.$refs.looks.querySelectorAll("[data-stage]");
      this.moving = this.stages.flatMap((stage, i) => (looks[i] ? channels(stage, looks[i]) : []));
      this.paint();
    },
    paint(share = 1) {
      const at = this.time ?? 0;
      for (const channel of this.moving || []) channel.paint(at, this.ask, this.sideEffect, share);
      // set on the courses alone: on the whole page every frame would recompute all styles
      const courses = this.$el.closest(".fc-page")?.querySelector(".fc-courses");
      if (courses) courses.style.setProperty("--fc-day", 7 * at);
    },
    ease() {
      cancelAnimationFrame(this.frame);
      if (this.playing) return this.run();
      if (this.calm.matches) return this.paint();
      const start = performance.now();
      for (const channel of this.moving || []) channel.leave();
      const step = (now) => {
        const share = Math.min(1, (now - start) / EASE_MS);
        this.paint(share * share * (3 - 2 * share));
        if (share < 1) this.frame = requestAnimationFrame(step);
      };
      this.frame = requestAnimationFrame(step);
    },
    slide(event) {
      this.stop();
      this.time = Number(event.target.value);
      this.paint();
    },
    remember() {
      const here = new URL(location.href);
      here.searchParams.set("week", this.week);
      history.replaceState(history.state, "", here);
    },
    toggle() {
      if (this.playing) return this.stop(true);
      if (this.time >= this.weeks) this.time = 0;
      this.playing = true;
      this.run();
    },
    run() {
      let last = performance.now();
      const step = (now) => {
        if (!this.playing) return;
        const passed = now - last;
        if (!this.calm.matches || passed >= STEP_MS) {
          last = now;
          this.time = this.calm.matches
            ? Math.min(this.weeks, Math.round(this.time) + 1)
            : Math.min(this.weeks, this.time + Math.min(passed, 100) / 1000 * WEEKS_PER_S);
          this.paint();
          if (this.time >= this.weeks) return this.stop(true);
        }
        this.frame = requestAnimationFrame(step);
      };
      this.frame = requestAnimationFrame(step);
    },
    stop(remember = false) {
      if (!this.playing) return;
      this.playing = false;
      cancelAnimationFrame(this.frame);
      this.time = this.week;
      this.paint();
      if (remember) this.remember();
    },
  },
};

function once(pairs) {
  return [...new Map(pairs.map((pair) => [pair[0], pair])).values()];
}

// The channels of one stage, each with the elements that it moves.
function channels(stage, look) {
  const parts = new Map();
  for (const element of look.querySelectorAll("[data-part]")) {
    const elements = parts.get(element.dataset.part) || [];
    parts.set(element.dataset.part, [...elements, element]);
  }
  return stage.channels
    .filter((move) => parts.has(move.part))
    .map((move) => new Channel(move, parts.get(move.part)));
}

class Channel {
  constructor({ sets, on }, elements) {
    this.on = on;
    this.words = sets === "text";
    this.set = setter(sets);
    this.elements = elements.map((element) => ({ element, form: formOf(element) }));
    this.now = null;
    this.from = null;
  }
  leave() {
    this.from = this.now;
  }
  paint(at, ask, sideEffect, share) {
    const on = this.on;
    const values = on[`${ask}/${sideEffect}`] ?? on[`/${sideEffect || "-"}`] ?? on[`${ask}/`] ?? on[""];
    if (!values) return;
    const last = values.length - 1;
    if (this.words) return this.put(values[Math.min(Math.round(at), last)]);
    const first = Math.min(Math.floor(at), last);
    let value = mix(values[first], values[Math.min(first + 1, last)], at - Math.floor(at));
    if (share < 1 && this.from !== null) value = mix(this.from, value, share);
    this.put(value);
  }
  put(value) {
    if (same(value, this.now)) return;
    this.now = value;
    for (const { element, form } of this.elements) this.set(element, value, form);
  }
}

function mix(first, second, share) {
  if (share <= 0) return first;
  if (Array.isArray(first)) return first.map((value, i) => value + share * (second[i] - value));
  return first + share * (second - first);
}

function same(first, second) {
  if (!Array.isArray(first)) return first === second;
  return second !== null && first.every((value, i) => value === second[i]);
}

function setter(sets) {
  if (sets === "text") return (element, words) => { element.textContent = words; };
  if (sets === "shift") return (element, y) => element.setAttribute("transform", `translate(0 ${y})`);
  if (sets === "turn") return (element, degrees) => element.setAttribute("transform", `rotate(${degrees})`);
  if (sets === "form") return bend;
  return (element, value) => element.setAttribute(sets, value);
}

function formOf(element) {
  return element.dataset.form ? JSON.parse(element.dataset.form) : null;
}

// A path at rest plus what each other form adds, by its weight.
function bend(element, weights, form) {
  if (!form) return;
  let i = 0;
  const d = form.d.replace(/#/g, () => {
    let value = form.at[i];
    form.by.forEach((added, k) => { value += (weights[k] || 0) * added[i]; });
    i += 1;
    return value.toFixed(2);
  });
  element.setAttribute("d", d);
}
