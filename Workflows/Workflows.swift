/// The workflow files and rush scenarios that come with Waybill, embedded so that an installed binary has them.
package enum ShippedWorkflows {
    /// Name and text, in the order in which they are best read.
    package static let all: [(name: String, text: String)] = [
        ("standard-order", text(PackageResources.standard_order_yaml)),
        ("parcel", text(PackageResources.parcel_yaml)),
        ("after-sale", text(PackageResources.after_sale_yaml)),
        ("flash-sale", text(PackageResources.flash_sale_yaml)),
        ("pre-sale", text(PackageResources.pre_sale_yaml)),
        ("group-buy", text(PackageResources.group_buy_yaml)),
        ("group-member", text(PackageResources.group_member_yaml)),
        ("member-registration", text(PackageResources.member_registration_yaml)),
        ("olist-order", text(PackageResources.olist_order_yaml)),
    ]

    /// Rush scenarios, name and text: from the simplest to the one that needs a file of the user's.
    package static let rushes: [(name: String, text: String)] = [
        ("one-item", text(PackageResources.one_item_yaml)),
        ("big-day", text(PackageResources.big_day_yaml)),
        ("organic-day", text(PackageResources.organic_day_yaml)),
    ]

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
