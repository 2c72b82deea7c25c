// Vectors of one work-item (README.md) where LANES is 1.
typedef float f32_lanes;
typedef int i32_lanes;
#define lanes_get_f32(v, i) (v)
#define lanes_get_i32(v, i) (v)
#define lanes_get_f64(v, i) (v)
#define lanes_load_f32(p) (*(p))
#define lanes_load_i32(p) (*(p))
#define lanes_load_f64(p) (*(p))
#define lanes_store_f32(v, p) (*(p) = (v))
#define lanes_store_i32(v, p) (*(p) = (v))
#define lanes_store_f64(v, p) (*(p) = (v))
#define lanes_reduce_sum_f32(v) (v)
#define lanes_reduce_max_f32(v) (v)
#define lanes_exp2(v) exp2_f32(v)
#define lanes_drop_first(v, count) ((count) > 0 ? f32_of_bits(0xff800000u) : (v))
#define lanes_keep_first(v, valid) ((valid) > 0 ? (v) : f32_of_bits(0xff800000u))
