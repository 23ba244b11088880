"""Flesch-Kincaid grade of a text: the US school year in which it is read with ease."""

import re


def syllables(word: str) -> int:
    """Syllables of an English word, by its groups of vowels."""
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouylscxz]es$", word)
    return max(1, count - bool(silent))


def grade(text: str) -> float:
    """0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid 1975)."""
    sentences = [s for s in re.split(r"[.!?:\n]+", text) if re.search(r"[a-zA-Z]{2}", s)]
    words = [w for s in sentences for w in re.findall(r"[A-Za-z']+", s)]
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )
