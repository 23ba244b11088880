// Hands files that are dropped anywhere on the page to the upload of the page.
export default {
  template: "<span hidden></span>",
  props: { upload: Number },
  mounted() {
    this.over = (event) => event.preventDefault();
    this.drop = (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) {
        window.getElement(this.upload).$refs.qRef.addFiles(event.dataTransfer.files);
      }
    };
    document.addEventListener("dragover", this.over);
    document.addEventListener("drop", this.drop);
  },
  unmounted() {
    document.removeEventListener("dragover", this.over);
    document.removeEventListener("drop", this.drop);
  },
};
