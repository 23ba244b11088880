// The quick changes over the forecast: product, total dose, severity before treatment. Text that is
// being typed stays, whatever the server renews meanwhile.
export default {
  template: `
  <div class="fc-fields">
    <label class="fc-field" v-if="products.length > 1">
      <span>Product</span>
      <select :value="product" @change="$emit('product', { name: $event.target.value })">
        <option v-for="name in products" :key="name" :value="name">{{ name }}</option>
      </select>
      <small>a change takes the product's own dose and sites</small>
    </label>
    <div class="fc-field">
      <span :id="labelId">Total dose [U]</span>
      <span class="fc-dose">
        <button type="button" class="fc-step" :aria-label="'Less by ' + step + ' U'" @click="$emit('step', { by: -1 })">&minus;</button>
        <input type="number" inputmode="decimal" step="any" min="0" :max="max" :aria-labelledby="labelId"
          v-model="typed" @change="$emit('dose', { value: String(typed) })">
        <button type="button" class="fc-step" :aria-label="'More by ' + step + ' U'" @click="$emit('step', { by: 1 })">+</button>
      </span>
      <small>{{ usual }}</small>
    </div>
    <label class="fc-field" v-for="scale in scales" :key="scale.code">
      <span>{{ scale.name }}</span>
      <select v-if="scale.grades.length" :value="scale.value" @change="grade(scale, $event)">
        <option value="">not stated</option>
        <option v-for="[value, words] in scale.grades" :key="value" :value="value">{{ words }}</option>
      </select>
      <input v-else type="number" inputmode="decimal" step="any" :min="scale.low" :max="scale.high"
        placeholder="not stated" v-model="scores[scale.code]" @change="grade(scale, $event)">
      <small>{{ scale.value === "" ? "taken as in trials" : "entered" }}</small>
    </label>
  </div>`,
  props: { products: Array, product: String, dose: String, max: Number, step: String, usual: String, scales: Array },
  data() {
    return { typed: this.dose, scores: this.scored(), labelId: "fc" + this.$.uid };
  },
  watch: {
    dose(text) {
      this.typed = text;
    },
    scales() {
      this.scores = this.scored();
    },
  },
  methods: {
    scored() {
      return Object.fromEntries(this.scales.map((scale) => [scale.code, scale.value]));
    },
    grade(scale, event) {
      this.$emit("grade", { code: scale.code, value: event.target.value });
    },
  },
};
