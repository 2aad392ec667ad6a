# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Threadbare under Bazel: one action for each source, one for each program, in its sandbox, caches and executors.

In WORKSPACE (`path` is where Threadbare is installed, or tools/bazel of its sources):

    local_repository(name = "threadbare", path = "/usr/share/threadbare/bazel")
    load("@threadbare//:threadbare.bzl", "threadbare_configure")
    threadbare_configure()

In a BUILD file:

    load("@threadbare//:threadbare.bzl", "threadbare_test")
    threadbare_test(name = "server_threadbare", targets = ["//src:server"])

`bazel test //:server_threadbare` fails when there are findings and prints them; `bazel build` of it writes them to
server_threadbare.txt and, with `--output_groups=sarif`, to server_threadbare.sarif. Of targets that have no such rule,

    bazel build //... --aspects=@threadbare//:threadbare.bzl%threadbare_aspect --output_groups=threadbare

writes the summaries.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME", "C_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

ThreadbareInfo = provider(
    doc = "What `threadbare summarize` says of a target.",
    fields = {"summaries": "depset of files: of the target's own sources and of all that is linked into it"},
)

_C_SOURCES = ["c"]
_CXX_SOURCES = ["cc", "cpp", "cxx", "c++", "C"]

def _compile_command(ctx, toolchain, features, compilation, source):
    """The compiler and its flags, as Bazel's own rules would call it for this source."""
    is_c = source.extension in _C_SOURCES
    action = C_COMPILE_ACTION_NAME if is_c else CPP_COMPILE_ACTION_NAME
    cpp = ctx.fragments.cpp
    own = [ctx.expand_make_variables("copts", flag, {}) for flag in getattr(ctx.rule.attr, "copts", [])]
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = cpp.copts + (cpp.conlyopts if is_c else cpp.cxxopts) + own,
        include_directories = compilation.includes,
        quote_include_directories = compilation.quote_includes,
        system_include_directories = compilation.system_includes,
        framework_include_directories = compilation.framework_includes,
        preprocessor_defines = depset(transitive = [compilation.defines, compilation.local_defines]),
    )
    compiler = cc_common.get_tool_for_action(feature_configuration = features, action_name = action)
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = action,
        variables = variables,
    )
    return [compiler] + flags

def _summarize(ctx, target, toolchain, features, source, inputs):
    # Several targets may compile one source, each with flags of its own.
    summary = ctx.actions.declare_file("_threadbare/{}/{}.tbs".format(
        target.label.name,
        source.short_path.replace("../", "external/"),
    ))
    arguments = ctx.actions.args()
    arguments.add(source)
    arguments.add("-o", summary)
    arguments.add("--")
    arguments.add_all(_compile_command(ctx, toolchain, features, target[CcInfo].compilation_context, source))
    arguments.use_param_file("@%s")
    arguments.set_param_file_format("shell")
    ctx.actions.run(
        executable = ctx.executable._threadbare,
        arguments = ["summarize", arguments],
        inputs = inputs,
        outputs = [summary],
        mnemonic = "ThreadbareSummarize",
        progress_message = "Summarizing " + source.short_path,
    )
    return summary

def _threadbare_aspect_impl(target, ctx):
    below = []
    for attribute in ["deps", "implementation_deps"]:
        for dependency in getattr(ctx.rule.attr, attribute, []):
            if ThreadbareInfo in dependency:
                below.append(dependency[ThreadbareInfo].summaries)
    own = []
    if CcInfo in target and hasattr(ctx.rule.files, "srcs"):
        toolchain = find_cpp_toolchain(ctx)
        features = cc_common.configure_features(
            ctx = ctx,
            cc_toolchain = toolchain,
            requested_features = ctx.features,
            # What these need, only the compile actions of Bazel's own rules have.
            unsupported_features = ctx.disabled_features + ["module_maps", "layering_check", "fdo_optimize"],
        )
        inputs = depset(
            ctx.rule.files.srcs + ctx.files._config,
            transitive = [target[CcInfo].compilation_context.headers, toolchain.all_files],
        )
        for source in ctx.rule.files.srcs:
            if source.extension in _C_SOURCES + _CXX_SOURCES:
                own.append(_summarize(ctx, target, toolchain, features, source, inputs))
    summaries = depset(own, transitive = below)
    return [ThreadbareInfo(summaries = summaries), OutputGroupInfo(threadbare = summaries)]

_PROGRAM = attr.label(
    default = "@threadbare_program//:threadbare",
    allow_single_file = True,
    executable = True,
    cfg = "exec",
)

threadbare_aspect = aspect(
    doc = "Writes the summaries of C and C++ targets and of what they depend on.",
    implementation = _threadbare_aspect_impl,
    attr_aspects = ["deps", "implementation_deps"],
    attrs = {
        "_threadbare": _PROGRAM,
        "_config": attr.label(default = "//:config"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _link(ctx, summaries, form, extension):
    report = ctx.actions.declare_file(ctx.label.name + extension)
    arguments = ctx.actions.args()
    arguments.add_all(["--quiet", "--exit-zero", "--format", form])
    arguments.add("--output", report)
    if ctx.attr.checks:
        arguments.add("--checks=" + ",".join(ctx.attr.checks))
    if ctx.attr.open_world:
        arguments.add("--open-world")
    arguments.add_all(summaries)
    arguments.use_param_file("@%s")
    arguments.set_param_file_format("shell")
    ctx.actions.run(
        executable = ctx.executable._threadbare,
        arguments = ["link", arguments],
        inputs = summaries,
        outputs = [report],
        mnemonic = "ThreadbareLink",
        progress_message = "Linking the summaries of %s" % ctx.label,
    )
    return report

_TEST = """#!/bin/sh
# A report without findings is empty.
cat '{report}' && test ! -s '{report}'
"""

def _threadbare_test_impl(ctx):
    summaries = depset(transitive = [target[ThreadbareInfo].summaries for target in ctx.attr.targets])
    text = _link(ctx, summaries, "text", ".txt")
    sarif = _link(ctx, summaries, "sarif", ".sarif")
    test = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(test, _TEST.format(report = text.short_path), is_executable = True)
    return [
        DefaultInfo(files = depset([text]), executable = test, runfiles = ctx.runfiles([text])),
        OutputGroupInfo(sarif = depset([sarif])),
    ]

threadbare_test = rule(
    doc = "Fails when there are findings in the program that these targets are.",
    implementation = _threadbare_test_impl,
    test = True,
    attrs = {
        "targets": attr.label_list(
            doc = "C and C++ targets. What they depend on belongs to the program.",
            aspects = [threadbare_aspect],
            mandatory = True,
        ),
        "checks": attr.string_list(doc = "Globs, appended to those of .clang-tidy: '-*', 'threadbare-sync-*'."),
        "open_world": attr.bool(doc = "There is code besides these targets: what rests on it is not claimed."),
        "_threadbare": _PROGRAM,
    },
)

def _program_impl(repository):
    path = repository.os.environ.get("THREADBARE") or repository.which("threadbare")
    if not path:
        fail("threadbare is not on the PATH; install it, or name it in the environment: THREADBARE=/…/threadbare")
    repository.symlink(path, "threadbare")
    repository.file("BUILD.bazel", 'exports_files(["threadbare"])\n')

_program = repository_rule(
    implementation = _program_impl,
    environ = ["PATH", "THREADBARE"],
    local = True,
)

def threadbare_configure():
    """Makes the program that is installed here an input of the actions: another one makes other summaries.

    A remote executor needs LLVM's libraries where this machine has them, as it needs the compiler's own headers."""
    _program(name = "threadbare_program")
