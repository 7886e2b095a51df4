variable "domain" {
  type        = string
  description = "Such as shop.example.com. It has to belong to the company."

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", var.domain))
    error_message = "Write a domain name in lower case."
  }
}

variable "origin" {
  type        = string
  description = "The bucket that holds the files."

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.origin))
    error_message = "Write the bucket's name."
  }
}

variable "price_class" {
  type        = string
  description = "Delivery costs less where there are fewer places."
  default     = "europe"

  validation {
    condition     = contains(["europe", "world"], var.price_class)
    error_message = "Write europe or world."
  }
}

variable "cache_seconds" {
  type        = number
  description = "How long copies are kept before the origin is asked again. An hour is 3600."
  default     = 3600
}

variable "team" {
  type        = string
  description = "Who pays for it."
}

variable "purge" {
  type        = string
  description = "Another value empties the cache."
  default     = "never"
}
