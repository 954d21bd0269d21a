/* Film the layers of a scene into the planes of a frame, in one pass over its pixels.

   The frame is drawn in runs: the 16 luma pixels, or 8 chroma pixels, of one row between two
   neighbouring nodes of the grid. Within a run the source position is a straight line, so a run is
   a start and a step in 16.16 fixed point. What a run shows of a layer is known beforehand from
   the layer's cover: nothing, only the layer, or a mixture; so the hidden is never read.

   Sources are stored two rows to a pixel: beside each sample lies the one below it. The four
   neighbours that a bilinear reading needs then come with one load instead of two, and one
   multiplication interpolates both columns, as the halves of a 32-bit number.

   All arithmetic that reaches a pixel is on integers, and floating-point contraction is off: every
   build of this file gives the same bytes. It needs no library, not even C's own. warp.py explains
   the arguments; tests/unit/parallax/slow_film.py is the obvious twin. */

#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif
#define INLINE static inline __attribute__((always_inline))

enum { CELL = 16, MOST_COLUMNS = 512, MOST_LAYERS = 8 };
enum { HIDDEN = 0, MIXED = 1, SOLID = 255 }; /* values of a cover */

typedef struct {
    const uint8_t *luma;         /* height × width pixels: Y, Y below */
    const uint8_t *chroma;       /* height/2 × width/2 pixels: U, V, U below, V below */
    const uint8_t *matte;        /* as luma, or null: the layer is opaque */
    const uint8_t *chroma_matte; /* height/2 × width/2 pixels: matte, matte below */
    const uint8_t *cover; /* of the matte, one value a block; see cover_of */
    const float *luma_x, *luma_y, *chroma_x, *chroma_y; /* source indices at the nodes */
} Layer;

typedef struct {
    int32_t frame_width, frame_height;   /* px, even */
    int32_t source_width, source_height; /* px of every layer, even */
    int32_t columns;                     /* nodes a row */
    int32_t cover_columns;
    int32_t cover_shift; /* a block of the cover is 1 << cover_shift luma px wide */
    int32_t layers;      /* from back to front; the first is opaque */
} Geometry;

typedef struct {
    int32_t x, y, step_x, step_y; /* 16.16: first sample of a run, and from sample to sample */
} Run;

typedef struct {
    int32_t x[MOST_COLUMNS], y[MOST_COLUMNS]; /* 16.16: a row of nodes */
} Line;

typedef struct {
    const uint8_t *samples;
    int32_t width, height;
} Source;

INLINE uint32_t load32(const uint8_t *at) {
    uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}

INLINE int32_t fixed(float position) {
    const float most = 32000.0f; /* beyond every picture, and what 16.16 holds */
    const float kept = position < -most ? -most : position > most ? most : position;
    return (int32_t)(kept * 65536.0f);
}

/* The row of nodes at `level` nodes from the top. */
INLINE void interpolate(Line *line, const float *x, const float *y, int32_t columns, float level) {
    const int32_t above = (int32_t)level;
    const float share = level - (float)above;
    const float *x0 = x + above * columns, *x1 = x0 + columns;
    const float *y0 = y + above * columns, *y1 = y0 + columns;
    for (int32_t c = 0; c < columns; c++) {
        line->x[c] = fixed(x0[c] + (x1[c] - x0[c]) * share);
        line->y[c] = fixed(y0[c] + (y1[c] - y0[c]) * share);
    }
}

/* The run of `n` samples from node `c` to the next; samples lie at the middles of n equal parts. */
INLINE Run run_at(const Line *line, int32_t c, int32_t n) {
    Run run;
    run.step_x = (line->x[c + 1] - line->x[c]) / n;
    run.step_y = (line->y[c + 1] - line->y[c]) / n;
    run.x = line->x[c] + run.step_x / 2;
    run.y = line->y[c] + run.step_y / 2;
    return run;
}

INLINE int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t magnitude(int32_t a) { return a < 0 ? -a : a; }

/* Whether every sample of a run has its four neighbours inside the source. */
INLINE int is_inside(const Run *run, const Source *source, int32_t n) {
    const int32_t end_x = run->x + (n - 1) * run->step_x, end_y = run->y + (n - 1) * run->step_y;
    return smaller(run->x, end_x) >= 0 && smaller(run->y, end_y) >= 0 &&
           larger(run->x, end_x) >> 16 <= source->width - 2 &&
           larger(run->y, end_y) >> 16 <= source->height - 2;
}

/* Index of a mirrored border: … 2 1 0 1 2 … n-2 n-1 n-2 … */
INLINE int32_t mirrored(int32_t index, int32_t n) {
    const int32_t period = 2 * (n - 1);
    index = magnitude(index) % period;
    return index < n ? index : period - index;
}

/* The fraction of a fixed-point position, in 256ths. */
INLINE uint32_t fraction(int32_t position) { return (uint32_t)(position >> 8) & 255; }

/* Between two pairs of samples, each in the halves of a number: the low halves are a, the high
   ones b. First from one pair to the other, then from a to b. */
INLINE uint8_t between(uint32_t pair, uint32_t other, uint32_t to_other, uint32_t to_b) {
    const uint32_t mixed = pair * (256 - to_other) + other * to_other;
    const uint32_t sum = (mixed & 0xffff) * (256 - to_b) + (mixed >> 16) * to_b;
    return (uint8_t)((sum + 32768) >> 16);
}

INLINE void read_inside(const Source *source, const Run *run, int32_t n, uint8_t *out) {
    int32_t at[CELL];
    uint32_t four[CELL]; /* from the lowest byte: here, below; right, right below */
    for (int32_t i = 0; i < n; i++)
        at[i] = 2 * (((run->y + i * run->step_y) >> 16) * source->width +
                     ((run->x + i * run->step_x) >> 16));
    for (int32_t i = 0; i < n; i++) four[i] = load32(source->samples + at[i]);
    for (int32_t i = 0; i < n; i++)
        out[i] = between(four[i] & 0xff00ff, four[i] >> 8 & 0xff00ff,
                         fraction(run->y + i * run->step_y), fraction(run->x + i * run->step_x));
}

/* The same for `channels` samples a pixel, anywhere: over the border the source is mirrored. */
INLINE void read_mirrored(const Source *source, const Run *run, int32_t n, int32_t channels,
                          int32_t channel, uint8_t *out) {
    const int32_t pixel = 2 * channels, pitch = source->width * pixel;
    for (int32_t i = 0; i < n; i++) {
        const int32_t x = run->x + i * run->step_x, y = run->y + i * run->step_y;
        const int32_t left = mirrored(x >> 16, source->width) * pixel + channel;
        const int32_t right = mirrored((x >> 16) + 1, source->width) * pixel + channel;
        const uint8_t *here = source->samples + mirrored(y >> 16, source->height) * pitch;
        const uint8_t *below = source->samples + mirrored((y >> 16) + 1, source->height) * pitch;
        out[i] = between(here[left] | (uint32_t)here[right] << 16,
                         below[left] | (uint32_t)below[right] << 16, fraction(y), fraction(x));
    }
}

INLINE void read_plane(const uint8_t *samples, int32_t width, int32_t height, const Run *run,
                       int32_t n, uint8_t *out) {
    const Source source = {samples, width, height};
    if (is_inside(run, &source, n))
        read_inside(&source, run, n, out);
    else
        read_mirrored(&source, run, n, 1, 0, out);
}

INLINE void read_pairs_inside(const Source *source, const Run *run, uint8_t *u, uint8_t *v) {
    enum { N = CELL / 2 };
    int32_t at[N];
    uint32_t left[N], right[N]; /* from the lowest byte: U, V, U below, V below */
    for (int32_t i = 0; i < N; i++)
        at[i] = 4 * (((run->y + i * run->step_y) >> 16) * source->width +
                     ((run->x + i * run->step_x) >> 16));
    for (int32_t i = 0; i < N; i++) left[i] = load32(source->samples + at[i]);
    for (int32_t i = 0; i < N; i++) right[i] = load32(source->samples + at[i] + 4);
    for (int32_t i = 0; i < N; i++) {
        const uint32_t x = fraction(run->x + i * run->step_x);
        const uint32_t y = fraction(run->y + i * run->step_y);
        u[i] = between(left[i] & 0xff00ff, right[i] & 0xff00ff, x, y);
        v[i] = between(left[i] >> 8 & 0xff00ff, right[i] >> 8 & 0xff00ff, x, y);
    }
}

INLINE void read_pairs(const uint8_t *samples, int32_t width, int32_t height, const Run *run,
                       uint8_t *u, uint8_t *v) {
    const Source source = {samples, width, height};
    if (is_inside(run, &source, CELL / 2)) {
        read_pairs_inside(&source, run, u, v);
        return;
    }
    read_mirrored(&source, run, CELL / 2, 2, 0, u);
    read_mirrored(&source, run, CELL / 2, 2, 1, v);
}

/* under·(1 - matte) + premultiplied, in place. */
INLINE void lay_over(uint8_t *under, const uint8_t *premultiplied, const uint8_t *matte, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const uint32_t product = under[i] * (255u - matte[i]) + 128;
        const uint32_t sum = ((product + (product >> 8)) >> 8) + premultiplied[i]; /* ÷ 255 */
        under[i] = (uint8_t)(sum < 255 ? sum : 255);
    }
}

/* What a run shows of a layer; `scale` px of luma make one px of the run's source.

   A cover holds from two blocks left of its own to two right of it, and from one above to one
   below. A run that reaches farther from its middle, or over the border, counts as a mixture. */
INLINE int32_t cover_of(const Layer *layer, const Geometry *is, const Run *run, int32_t n,
                        int32_t scale) {
    if (!layer->matte) return SOLID;
    const int32_t block = 1 << is->cover_shift;
    const int32_t x = ((run->x + n / 2 * run->step_x) >> 16) * scale;
    const int32_t y = ((run->y + n / 2 * run->step_y) >> 16) * scale;
    const int32_t reach_x = (magnitude(run->step_x) >> 8) * n / 2 * scale;
    const int32_t reach_y = (magnitude(run->step_y) >> 8) * n / 2 * scale;
    const int32_t neighbours = 2 * scale; /* px read beside the last of a run */
    if (x < 0 || y < 0 || x >= is->source_width || y >= is->source_height) return MIXED;
    if (reach_x > (2 * block - neighbours) << 8 || reach_y > (block - neighbours) << 8)
        return MIXED;
    return layer->cover[(y >> is->cover_shift) * is->cover_columns + (x >> is->cover_shift)];
}

/* Find the runs from node `c` and their covers, from the front to the first layer that hides all
   behind it; return that one. */
INLINE int32_t rearmost(const Layer *layers, const Geometry *is, const Line *lines, int32_t c,
                        int32_t n, int32_t scale, Run *runs, int32_t *covers) {
    int32_t at = is->layers;
    do {
        at--;
        runs[at] = run_at(lines + at, c, n);
        covers[at] = cover_of(layers + at, is, runs + at, n, scale);
    } while (at > 0 && covers[at] != SOLID);
    return at;
}

INLINE void luma_run(const Layer *layers, const Geometry *is, const Line *lines, int32_t c,
                     uint8_t *out) {
    Run runs[MOST_LAYERS];
    int32_t covers[MOST_LAYERS];
    uint8_t light[CELL], matte[CELL];
    const int32_t width = is->source_width, height = is->source_height;
    int32_t at = rearmost(layers, is, lines, c, CELL, 1, runs, covers);
    read_plane(layers[at].luma, width, height, runs + at, CELL, out);
    for (at++; at < is->layers; at++) {
        if (covers[at] == HIDDEN) continue;
        read_plane(layers[at].luma, width, height, runs + at, CELL, light);
        read_plane(layers[at].matte, width, height, runs + at, CELL, matte);
        lay_over(out, light, matte, CELL);
    }
}

INLINE void chroma_run(const Layer *layers, const Geometry *is, const Line *lines, int32_t c,
                       uint8_t *out_u, uint8_t *out_v) {
    enum { N = CELL / 2 };
    Run runs[MOST_LAYERS];
    int32_t covers[MOST_LAYERS];
    uint8_t u[N], v[N], matte[N];
    const int32_t width = is->source_width / 2, height = is->source_height / 2;
    int32_t at = rearmost(layers, is, lines, c, N, 2, runs, covers);
    read_pairs(layers[at].chroma, width, height, runs + at, out_u, out_v);
    for (at++; at < is->layers; at++) {
        if (covers[at] == HIDDEN) continue;
        read_pairs(layers[at].chroma, width, height, runs + at, u, v);
        read_plane(layers[at].chroma_matte, width, height, runs + at, N, matte);
        lay_over(out_u, u, matte, N);
        lay_over(out_v, v, matte, N);
    }
}

/* Copy the part of a run that lies inside the row; the first run begins half a run before it. */
INLINE void put(uint8_t *row, int32_t width, int32_t c, int32_t n, const uint8_t *run) {
    const int32_t first = c * n - n / 2;
    if (first >= 0 && first + n <= width) {
        __builtin_memcpy(row + first, run, (unsigned)n);
        return;
    }
    for (int32_t i = 0; i < n; i++)
        if (first + i >= 0 && first + i < width) row[first + i] = run[i];
}

INLINE void luma_row(const Layer *layers, const Geometry *is, Line *lines, int32_t row,
                     uint8_t *out) {
    uint8_t run[CELL];
    const float level = ((float)row + 0.5f) / CELL + 0.5f;
    for (int32_t l = 0; l < is->layers; l++)
        interpolate(lines + l, layers[l].luma_x, layers[l].luma_y, is->columns, level);
    for (int32_t c = 0; c * CELL - CELL / 2 < is->frame_width; c++) {
        luma_run(layers, is, lines, c, run);
        put(out, is->frame_width, c, CELL, run);
    }
}

INLINE void chroma_row(const Layer *layers, const Geometry *is, Line *lines, int32_t row,
                       uint8_t *out_u, uint8_t *out_v) {
    enum { N = CELL / 2 };
    uint8_t u[N], v[N];
    const float level = (2 * (float)row + 1) / CELL + 0.5f;
    for (int32_t l = 0; l < is->layers; l++)
        interpolate(lines + l, layers[l].chroma_x, layers[l].chroma_y, is->columns, level);
    for (int32_t c = 0; c * N - N / 2 < is->frame_width / 2; c++) {
        chroma_run(layers, is, lines, c, u, v);
        put(out_u, is->frame_width / 2, c, N, u);
        put(out_v, is->frame_width / 2, c, N, v);
    }
}

EXPORT int32_t photoplay_film(const Layer *layers, const Geometry *geometry, uint8_t *y, uint8_t *u,
                              uint8_t *v) {
    const Geometry *is = geometry;
    Line lines[MOST_LAYERS];
    if (is->columns > MOST_COLUMNS || is->layers > MOST_LAYERS || is->layers < 1) return 1;
    const int32_t width = is->frame_width;
    for (int32_t row = 0; row < is->frame_height; row++)
        luma_row(layers, is, lines, row, y + (int64_t)row * width);
    for (int32_t row = 0; row < is->frame_height / 2; row++)
        chroma_row(layers, is, lines, row, u + (int64_t)row * (width / 2),
                   v + (int64_t)row * (width / 2));
    return 0;
}
