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


def perspicuity(text: str) -> float:
    """206.835 - 62.3 syllables per word - words per sentence, of Spanish (Szigriszt-Pazos 1993).

    On the INFLESZ scale 55 to 65 is normal, 65 to 80 rather easy, above 80 very easy.
    """
    sentences = [s for s in re.split(r"[.!?:\n]+", text) if re.search(r"[^\W\d_]{2}", s)]
    words = [w for s in sentences for w in re.findall(r"[^\W\d_]+", s)]
    count = sum(map(spanish_syllables, words))
    return 206.835 - 62.3 * count / len(words) - len(words) / len(sentences)


def spanish_syllables(word: str) -> int:
    """Syllables of a Spanish word: a strong vowel, or weak ones alone, is the core of each.

    >>> [spanish_syllables(w) for w in ("toxina", "botulínica", "día", "inyecciones", "ciudad")]
    [3, 5, 2, 4, 2]
    """
    word = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word.lower())
    word = re.sub(r"y(?=$|[^aeiouáéíóú])", "i", word)
    return max(1, len(re.findall(r"[aeoáéíóú]|(?<![aeoáéíóúiuü])[iuü]+(?![aeoáéíóúiuü])", word)))
