// Doses by muscle and side. A cell takes units ("50") or units and sites ("50x3"); Enter and the
// arrows go down the column as in a spreadsheet. Edits go by the chart, which keeps them while no
// server is connected.
const ENTRY = /^\s*(\d+(?:[.,]\d+)?)?\s*(?:[x*×\/]\s*(\d+))?\s*$/i;

export default {
  template: `
    <div class="dt">
      <table v-for="a in areas" :key="a.area">
        <caption v-if="areas.length > 1">{{ a.name }}</caption>
        <thead><tr><th scope="col">Muscle</th><th scope="col">Right</th><th scope="col">Left</th></tr></thead>
        <tbody>
          <tr v-for="r in rowsOf(a)" :key="r.muscle + r.cells[0].side">
            <th scope="row">{{ r.name }}<small v-if="r.range">{{ r.range }}</small></th>
            <td v-for="c in r.cells" :key="c.side" :colspan="r.cells.length === 1 ? 2 : 1" :class="{ mid: r.cells.length === 1 }">
              <span class="dt-cell">
                <input class="dt-dose" inputmode="decimal" autocomplete="off" :value="text(keyOf(a, r, c), c.dose)"
                  :data-key="keyOf(a, r, c)" @input="type"
                  :aria-label="r.name + ', ' + c.side + ', units'" :data-column="c.side" :class="{ on: c.sites }"
                  @focus="begin($event, c)" @keydown="key" @change="dose($event, a, r, c)">
                <span class="dt-u" aria-hidden="true">U</span>
                <span v-if="c.sites" class="dt-u" aria-hidden="true">&times;</span><input v-if="c.sites" class="dt-sites" inputmode="numeric" autocomplete="off" :value="text(keyOf(a, r, c) + ' sites', c.sites)"
                  :data-key="keyOf(a, r, c) + ' sites'" @input="type"
                  :aria-label="r.name + ', ' + c.side + ', sites'" :data-column="c.side + ' sites'"
                  @focus="begin($event, c)" @keydown="key" @change="sites($event, a, r, c)">
                <span v-if="r.cells.length === 1 && c.side === 'midline'" class="dt-u" aria-hidden="true">midline</span>
              </span>
            </td>
          </tr>
        </tbody>
        <tfoot v-if="a.others.length"><tr><td colspan="3">
          <select class="dt-more" :aria-label="'Another muscle for ' + a.name" @change="more($event, a)">
            <option value="">Another muscle ...</option>
            <option v-for="m in a.others.filter((m) => !added(a).includes(m.muscle))" :key="m.muscle" :value="m.muscle">{{ m.name }}</option>
          </select>
        </td></tr></tfoot>
      </table>
      <p v-if="areas.length" class="dt-total"><b>{{ total }}</b> {{ check }}<span class="quiet">
        Units, and in how many sites: 50x3 sets both.<template v-if="starred"> * Not checked in its source.</template></span></p>
      <p v-if="fault" class="dt-fault" role="alert">{{ fault }}</p>
      <button v-if="uneven" type="button" class="dt-button" @click="send({ do: 'whole' })">Round to whole units</button>
      <p v-if="!areas.length" class="quiet">Choose what is treated: its muscles are listed here.</p>
    </div>`,
  props: { areas: Array, total: String, check: String, uneven: Boolean, shown: Number },
  data() {
    return { extra: [], typed: {}, fault: "" };
  },
  computed: {
    starred() {
      return this.areas.some((a) => a.rows.some((r) => r.range.includes("*")));
    },
  },
  watch: {
    // the server has answered: what was typed is in its rows, but for what is being typed now
    shown() {
      const now = this.$el.contains(document.activeElement) && document.activeElement.dataset.key;
      this.typed = now in this.typed ? { [now]: this.typed[now] } : {};
    },
  },
  methods: {
    keyOf(a, r, c) {
      return [a.area, r.muscle, c.side].join(" ");
    },
    text(key, value) {
      return this.typed[key] ?? value;
    },
    type(event) {
      this.typed[event.target.dataset.key] = event.target.value;
    },
    added(a) {
      return this.extra.filter((m) => m.area === a.area).map((m) => m.muscle);
    },
    // Rows of the draft, then those that were asked for and are still empty.
    rowsOf(a) {
      const there = a.rows.map((r) => r.muscle);
      const empty = (side) => ({ side, dose: "", sites: 0, first: -1 });
      const more = this.extra
        .filter((m) => m.area === a.area && !there.includes(m.muscle))
        .map((m) => ({ ...m, range: "", cells: m.sides.map(empty) }));
      return [...a.rows, ...more];
    },
    more(event, a) {
      const muscle = a.others.find((m) => m.muscle === event.target.value);
      event.target.value = "";
      if (!muscle) return;
      this.extra.push({ ...muscle, area: a.area });
      this.$nextTick(() => {
        const rows = event.target.closest("table").querySelectorAll("tbody tr");
        rows[rows.length - 1].querySelector("input").focus();
      });
    },
    begin(event, c) {
      event.target.select();
      if (c.first >= 0) this.$emit("select", { site: c.first });
    },
    key(event) {
      const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") delete this.typed[event.target.dataset.key];
      if (!by) return;
      event.preventDefault();
      const column = '[data-column="' + event.target.dataset.column + '"]';
      const column0 = '[data-column="' + event.target.dataset.column.split(" ")[0] + '"]';
      const row = event.target.closest("tr");
      const rows = [...this.$el.querySelectorAll("tbody tr")];
      for (let i = rows.indexOf(row) + by; i >= 0 && i < rows.length; i += by) {
        const to = rows[i].querySelector(column) || rows[i].querySelector(column0);
        if (to) return to.focus();
      }
      event.target.blur(); // the last of its column: what was typed counts
    },
    dose(event, a, r, c) {
      const entry = ENTRY.exec(event.target.value);
      if (!entry || (entry[2] && !entry[1] && !c.sites)) return this.refuse(event.target);
      const edit = { do: "row", area: a.area, muscle: r.muscle, side: c.side };
      if (entry[1] || !entry[2]) edit.dose_u = Number((entry[1] || "0").replace(",", "."));
      if (entry[2]) edit.sites = Number(entry[2]);
      this.fault = "";
      this.send(edit);
    },
    sites(event, a, r, c) {
      const sites = Number(event.target.value);
      if (!Number.isInteger(sites) || sites < 1) return this.refuse(event.target);
      this.fault = "";
      this.send({ do: "row", area: a.area, muscle: r.muscle, side: c.side, sites });
    },
    refuse(field) {
      this.fault = '"' + field.value + '" is no dose: type units as 50, or units and sites as 50x3.';
      delete this.typed[field.dataset.key];
    },
    send(edit) {
      if (window.endplateEdit) window.endplateEdit(edit);
      else this.$emit("edit", edit);
    },
  },
};
