// A table sorted and searched in the browser: buttons in its head sort, a button in a row opens it.
const MOST = 50; // rows at first: a page of hundreds hides what follows it

export default {
  template: `
  <div class="ev-rows">
    <div class="ev-tools" :class="{ bare: !search }">
      <label v-if="search" class="ev-search"><span>{{ search }}</span>
        <input type="search" v-model="text" maxlength="80" autocomplete="off" spellcheck="false"></label>
      <label class="ev-sort"><span>Sort by</span>
        <select :value="by < 0 ? '' : by" @change="choose($event.target.value)">
          <option value="">as listed</option>
          <option v-for="(column, c) in columns" :value="c">{{ column.name }}</option>
        </select></label>
      <span v-if="search" class="quiet" aria-live="polite">{{ matching.length }} of {{ rows.length }}</span>
    </div>
    <div class="ev-wide" tabindex="0" role="region" :aria-label="name">
      <table class="ev-table">
        <thead><tr>
          <th v-for="(column, c) in columns" :class="{ n: column.number }" scope="col" :aria-sort="sorted(c)">
            <button type="button" @click="sort(c)">{{ column.name }}<span aria-hidden="true">{{ c === by ? (down ? " ↓" : " ↑") : "" }}</span></button>
          </th>
        </tr></thead>
        <tbody>
          <tr v-for="row in visible" :key="row.id">
            <td v-for="(cell, c) in row.cells" :class="{ n: columns[c].number }" :data-k="columns[c].name">
              <button v-if="cell.open" type="button" class="ev-pick" @click="$emit('open', row.id)">{{ cell.text }}</button>
              <details v-else-if="cell.more"><summary>{{ cell.text }}</summary>{{ cell.more }}</details>
              <span v-else :class="cell.class">{{ cell.text }}</span>
              <span v-if="cell.mark" class="unverified"> {{ cell.mark }}</span>
              <span v-if="cell.small" class="ev-small">{{ cell.small }}</span>
            </td>
          </tr>
        </tbody>
      </table>
      <p v-if="!matching.length" class="quiet">No row matches.</p>
    </div>
    <button v-if="visible.length < matching.length" type="button" class="ev-close" @click="all = true">Show all {{ matching.length }}</button>
  </div>`,
  props: { name: String, columns: Array, rows: Array, search: String },
  data: () => ({ text: "", by: -1, down: false, all: false }),
  computed: {
    visible() {
      return this.all ? this.matching : this.matching.slice(0, MOST);
    },
    matching() {
      const parts = this.text.toLowerCase().split(/\s+/).filter(Boolean);
      const text = (row) => row.cells.map((cell) => [cell.text, cell.small, cell.more, cell.mark].join(" ")).join(" ").toLowerCase();
      const rows = this.rows.filter((row) => !parts.length || parts.every((part) => text(row).includes(part)));
      if (this.by < 0) return rows;
      const value = (row) => row.cells[this.by].by ?? (this.columns[this.by].number ? null : row.cells[this.by].text);
      const way = this.down ? -1 : 1;
      return [...rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x == null || y == null) return (x == null) - (y == null); // what has no value comes last
        return way * (typeof x === "number" ? x - y : String(x).localeCompare(String(y)));
      });
    },
  },
  methods: {
    sorted(c) {
      return c === this.by ? (this.down ? "descending" : "ascending") : "none";
    },
    sort(c) {
      this.down = c === this.by && !this.down;
      this.by = c;
    },
    choose(column) {
      this.by = column === "" ? -1 : Number(column);
      this.down = false;
    },
  },
};
