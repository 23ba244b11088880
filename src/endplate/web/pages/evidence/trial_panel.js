// A dialog that stands beside the plots where there is room and lies over them where there is not.
// Escape closes it; the focus goes back to what opened it.
export default {
  template: `
  <dialog ref="dialog" class="ev-trial" aria-labelledby="ev-trial-title" @keydown.esc.prevent.stop="shut" @close="closed"
          @click="click">
    <div class="ev-head"><button type="button" class="ev-close" @click="shut">Close</button></div>
    <slot></slot>
  </dialog>`,
  methods: {
    async open(focus) {
      await this.$nextTick();
      const dialog = this.$refs.dialog;
      if (!dialog.contains(document.activeElement)) this.back = document.activeElement;
      if (!dialog.open) {
        if (matchMedia("(min-width: 1100px)").matches) {
          if (focus) dialog.show();
          else dialog.setAttribute("open", ""); // without taking the focus
        } else dialog.showModal();
      }
      dialog.scrollTop = 0;
      if (focus) dialog.querySelector("#ev-trial-title")?.focus({ preventScroll: true });
    },
    shut() {
      const dialog = this.$refs.dialog;
      if (dialog.open) dialog.close();
    },
    closed() {
      const back = this.back?.isConnected && this.back !== document.body ? this.back : null;
      (back || document.querySelector('.ev-point[tabindex="0"]'))?.focus({ preventScroll: true });
      this.$emit("closed");
    },
    click(event) {
      const button = event.target.closest?.("[data-figure]");
      if (button) this.$emit("pick", Number(button.dataset.figure));
      else if (event.target === this.$refs.dialog && this.$refs.dialog.matches(":modal")) {
        const box = this.$refs.dialog.getBoundingClientRect();
        if (event.clientX < box.left) this.shut(); // beside the panel
      }
    },
  },
};
