// The distributions that tests and intervals rest on, by Boost.Math, which nothing else includes.
#pragma once

namespace assay::results::statistics {

/// What a standard normal variable stays below with this probability.
double normal_quantile(double probability);
/// What it exceeds with this probability; exact where that is small.
double normal_upper_quantile(double probability);
/// The probability that it stays below `value`.
double normal_probability(double value);

/// The same of Student's t.
double student_quantile(double degrees_of_freedom, double probability);
/// The probability that it exceeds `value`.
double student_upper_probability(double degrees_of_freedom, double value);

/// The probability of at most `successes` in `trials` with even chances.
double even_binomial_probability(double trials, double successes);

}  // namespace assay::results::statistics
