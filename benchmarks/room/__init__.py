"""A class of simulated learners at one hub."""
