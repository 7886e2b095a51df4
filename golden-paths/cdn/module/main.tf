# A root module that works without any cloud: it records what it would make. Put your real one in its place, with the same
# variables and outputs: a distribution, its certificate and its DNS record.
#
#   resource "aws_cloudfront_distribution" "site" { … }
#   resource "aws_acm_certificate" "site" { … }
#
# State: add your backend here (backend "s3" { … }); Groundcrew keeps one workspace a site in it. Without one, the state is
# kept in Groundcrew's data folder, which is good for a trial only.

terraform {
  required_version = ">= 1.4"
}

locals {
  edges = var.price_class == "world" ? 400 : 100
}

resource "terraform_data" "certificate" {
  input = { domain = var.domain }
}

resource "terraform_data" "distribution" {
  input = {
    domain        = terraform_data.certificate.output.domain
    origin        = var.origin
    edges         = local.edges
    cache_seconds = var.cache_seconds
    team          = var.team
  }
}

# A purge is a change in place: a plan that destroys something has to be approved by somebody, and a purge should not.
resource "terraform_data" "purge" {
  input = var.purge
}
