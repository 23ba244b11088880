// The quick changes over the forecast: product, total dose, severity before treatment. What is
// typed stays until it is finished, whatever the server renews meanwhile.
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
      <span :id="own">Total dose [U]</span>
      <span class="fc-dose">
        <button type="button" class="fc-step" :aria-label="'Less by ' + step + ' U'" @click="$emit('step', { by: -1 })">&minus;</button>
        <input type="number" inputmode="decimal" step="any" min="0" :max="most" :aria-labelledby="own"
          v-model="typed" @change="$emit('dose', { said: String(typed) })">
        <button type="button" class="fc-step" :aria-label="'More by ' + step + ' U'" @click="$emit('step', { by: 1 })">+</button>
      </span>
      <small>{{ usual }}</small>
    </div>
    <label class="fc-field" v-for="one in scales" :key="one.code">
      <span>{{ one.name }}</span>
      <select v-if="one.grades.length" :value="one.value" @change="grade(one, $event)">
        <option value="">not stated</option>
        <option v-for="[value, words] in one.grades" :key="value" :value="value">{{ words }}</option>
      </select>
      <input v-else type="number" inputmode="decimal" step="any" :min="one.low" :max="one.high"
        placeholder="not stated" v-model="scores[one.code]" @change="grade(one, $event)">
      <small>{{ one.value === "" ? "taken as in trials" : "entered" }}</small>
    </label>
  </div>`,
  props: { products: Array, product: String, dose: String, most: Number, step: String, usual: String, scales: Array },
  data() {
    return { typed: this.dose, scores: this.scored(), own: "fc" + this.$.uid };
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
      return Object.fromEntries(this.scales.map((one) => [one.code, one.value]));
    },
    grade(one, event) {
      this.$emit("grade", { code: one.code, said: event.target.value });
    },
  },
};
